// The JSON Schema and the format reference, held against what the reader accepts.
#include "scenario/keys.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "scenario/yaml_tree.h"

namespace twinstorm::scenario {
namespace {

namespace json = boost::json;

const std::filesystem::path kFolder = std::filesystem::path(TWINSTORM_SOURCE_DIR) / "scenarios";

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

json::value schema() {
    return json::parse(text_of(kFolder / "schema.json"));
}

// The part of the schema for a table's path: `phases[].until`.
const json::object* part_of(const json::value& root, std::string_view path) {
    const json::object* at = &root.as_object();
    std::stringstream segments{std::string(path)};
    for (std::string segment; at != nullptr && std::getline(segments, segment, '.');) {
        const bool list = segment.ends_with("[]");
        const json::value* const next =
            at->at("properties").as_object().if_contains(segment.substr(0, segment.find("[]")));
        at = next == nullptr ? nullptr : &next->as_object();
        if (list && at != nullptr) {
            at = &at->at("items").as_object();
        }
    }
    return at;
}

TEST(Schema, HoldsEveryKeyOfTheReaderAndNoOther) {
    const json::value root = schema();
    for (const KeyTable& table : key_tables()) {
        const json::object* const part = part_of(root, table.path);
        ASSERT_NE(part, nullptr) << table.path;
        EXPECT_FALSE(part->at("additionalProperties").as_bool()) << table.path;
        std::set<std::string> known;
        std::set<std::string> required;
        for (const Key& key : table.keys) {
            known.emplace(key.name);
            if (key.required) {
                required.emplace(key.name);
            }
        }
        std::set<std::string> in_schema;
        for (const auto& [key, value] : part->at("properties").as_object()) {
            in_schema.emplace(key);
        }
        EXPECT_EQ(in_schema, known) << table.path;
        std::set<std::string> required_in_schema;
        if (const json::value* const list = part->if_contains("required")) {
            for (const json::value& key : list->as_array()) {
                required_in_schema.emplace(key.as_string());
            }
        }
        EXPECT_EQ(required_in_schema, required) << table.path;
    }
}

// Every object of the schema with properties is a table of the reader.
void collect_tables(const json::object& part, const std::string& path,
                    std::set<std::string>& found) {
    if (const json::value* const properties = part.if_contains("properties")) {
        found.insert(path);
        for (const auto& [key, value] : properties->as_object()) {
            const std::string name(key);
            collect_tables(value.as_object(), path.empty() ? name : path + "." + name, found);
        }
    }
    if (const json::value* const items = part.if_contains("items")) {
        collect_tables(items->as_object(), path + "[]", found);
    }
}

TEST(Schema, HoldsNoMapThatTheReaderDoesNotKnow) {
    std::set<std::string> in_schema;
    collect_tables(schema().as_object(), "", in_schema);
    std::set<std::string> known;
    for (const KeyTable& table : key_tables()) {
        known.emplace(table.path);
    }
    EXPECT_EQ(in_schema, known);
}

TEST(Schema, OffersTheWordsThatAreServed) {
    const json::value root = schema();
    for (const Choices& choices : choice_tables()) {
        const json::object* const part = part_of(root, choices.path);
        ASSERT_NE(part, nullptr) << choices.path;
        std::vector<std::string> words;
        for (const json::value& word : part->at("enum").as_array()) {
            words.emplace_back(word.as_string());
        }
        EXPECT_EQ(words, std::vector<std::string>(choices.served.begin(), choices.served.end()))
            << choices.path;
    }
}

TEST(Reference, NamesEveryKeyAndWord) {
    const std::string reference = text_of(kFolder / "README.md");
    for (const KeyTable& table : key_tables()) {
        for (const Key& key : table.keys) {
            EXPECT_TRUE(
                std::regex_search(reference, std::regex("[`.]" + std::string(key.name) + "[`.:]")))
                << table.path << "." << key.name;
        }
    }
    for (const Choices& choices : choice_tables()) {
        for (const std::string_view word : choices.served) {
            EXPECT_NE(reference.find("`" + std::string(word) + "`"), std::string::npos) << word;
        }
    }
}

// Draft-07, as far as our schema uses it.
class Validator {
public:
    [[nodiscard]] std::vector<std::string> check(const json::object& part, const Value& value) {
        visit(part, value, "");
        return std::move(faults_);
    }

private:
    void blame(const std::string& path, const std::string& what) {
        faults_.push_back(path + ": " + what);
    }

    static std::string type_of(const Value& value) {
        switch (value.kind) {
            case Value::Kind::kNull:
                return "null";
            case Value::Kind::kList:
                return "array";
            case Value::Kind::kMap:
                return "object";
            case Value::Kind::kScalar:
                break;
        }
        if (value.quoted) {
            return "string";
        }
        if (value.scalar == "true" || value.scalar == "false") {
            return "boolean";
        }
        static const std::regex kInteger("-?[0-9]+");
        return std::regex_match(value.scalar, kInteger) ? "integer" : "string";
    }

    static bool type_fits(const json::value& types, const std::string& type) {
        if (types.is_array()) {
            return std::any_of(types.as_array().begin(), types.as_array().end(),
                               [&](const json::value& one) { return type_fits(one, type); });
        }
        return types.as_string() == type || (types.as_string() == "number" && type == "integer");
    }

    void visit(const json::object& part, const Value& value, const std::string& path) {
        const json::value* const types = part.if_contains("type");
        if (types != nullptr && !type_fits(*types, type_of(value))) {
            blame(path, "type " + type_of(value));
            return;
        }
        visit_scalar(part, value, path);
        if (const json::value* const items = part.if_contains("items")) {
            for (const Value& item : value.items) {
                visit(items->as_object(), item, path + "[]");
            }
        }
        visit_entries(part, value, path);
    }

    void visit_scalar(const json::object& part, const Value& value, const std::string& path) {
        if (const json::value* const pattern = part.if_contains("pattern")) {
            if (!std::regex_search(value.scalar, std::regex(std::string(pattern->as_string())))) {
                blame(path, "pattern, `" + value.scalar + "`");
            }
        }
        if (const json::value* const words = part.if_contains("enum")) {
            const auto& list = words->as_array();
            if (std::none_of(list.begin(), list.end(), [&](const json::value& word) {
                    return word.as_string() == value.scalar;
                })) {
                blame(path, "enum, `" + value.scalar + "`");
            }
        }
        if (const json::value* const minimum = part.if_contains("minimum")) {
            if (std::stoll(value.scalar) < minimum->to_number<std::int64_t>()) {
                blame(path, "minimum");
            }
        }
    }

    void visit_entries(const json::object& part, const Value& value, const std::string& path) {
        const json::value* const properties = part.if_contains("properties");
        const json::value* const others = part.if_contains("additionalProperties");
        for (const Value::Entry& entry : value.entries) {
            const json::value* const known =
                properties == nullptr ? nullptr : properties->as_object().if_contains(entry.key);
            if (known != nullptr) {
                visit(known->as_object(), entry.value, path + "." + entry.key);
            } else if (others != nullptr && others->is_object()) {
                visit(others->as_object(), entry.value, path + "." + entry.key);
            } else {
                blame(path, "unknown key " + entry.key);
            }
        }
        if (const json::value* const required = part.if_contains("required")) {
            for (const json::value& key : required->as_array()) {
                if (value.find(std::string_view(key.as_string())) == nullptr) {
                    blame(path, "missing key " + std::string(key.as_string()));
                }
            }
        }
    }

    std::vector<std::string> faults_;
};

std::vector<std::string> faults_of(const std::string& yaml) {
    return Validator().check(schema().as_object(), parse_yaml(yaml, 0).value());
}

TEST(Schema, AcceptsEveryScenarioInTheFolder) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
        if (entry.path().extension() == ".yaml") {
            ++count;
            EXPECT_EQ(faults_of(text_of(entry.path())), std::vector<std::string>()) << entry.path();
        }
    }
    EXPECT_GE(count, 3);
}

TEST(Schema, RefusesWhatTheReaderRefuses) {
    EXPECT_EQ(faults_of("name: a b\nfleet: [{group: g, devices: 0, transport: quic}]\n"
                        "phases: [{name: c, duration: 5, connect: {rate: 5}}]\ncolour: red\n"
                        "gates: [connect.p99]\n"),
              (std::vector<std::string>{
                  ".name: pattern, `a b`", ".fleet[].devices: minimum",
                  ".fleet[].transport: enum, `quic`", ".phases[].duration: type integer",
                  ".phases[].connect.rate: type integer", ": unknown key colour",
                  ".gates[]: pattern, `connect.p99`", ": missing key hub"}));
}

}  // namespace
}  // namespace twinstorm::scenario
