// The JSON Schema and the format reference, held against what the reader accepts.
#include "scenario/keys.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "scenario/schema_validator.h"
#include "scenario/yaml_tree.h"

namespace twinstorm::scenario {
namespace {

namespace json = boost::json;

json::value schema() {
    return json::parse(text_of(kFolder / "schema.json"));
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
