// The JSON Schemas beside the scenarios: finding parts of them, and holding a file against one.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "scenario/yaml_tree.h"

namespace twinstorm::scenario {

inline const std::filesystem::path kFolder =
    std::filesystem::path(TWINSTORM_SOURCE_DIR) / "scenarios";

[[nodiscard]] inline std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// The part of the schema for a table's path: `phases[].until`, `events{}`.
[[nodiscard]] inline const boost::json::object* part_of(const boost::json::value& root,
                                                        std::string_view path) {
    const boost::json::object* at = &root.as_object();
    std::stringstream segments{std::string(path)};
    for (std::string segment; at != nullptr && std::getline(segments, segment, '.');) {
        const boost::json::value* const next =
            at->at("properties")
                .as_object()
                .if_contains(segment.substr(0, segment.find_first_of("[{")));
        at = next == nullptr ? nullptr : &next->as_object();
        if (at != nullptr && segment.ends_with("[]")) {
            at = &at->at("items").as_object();
        } else if (at != nullptr && segment.ends_with("{}")) {
            at = &at->at("additionalProperties").as_object();
        }
    }
    return at;
}

// Draft-07, as far as our schema uses it.
class Validator {
public:
    [[nodiscard]] std::vector<std::string> check(const boost::json::object& part,
                                                 const Value& value) {
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

    static bool type_fits(const boost::json::value& types, const std::string& type) {
        if (types.is_array()) {
            return std::any_of(types.as_array().begin(), types.as_array().end(),
                               [&](const boost::json::value& one) { return type_fits(one, type); });
        }
        return types.as_string() == type || (types.as_string() == "number" && type == "integer");
    }

    void visit(const boost::json::object& part, const Value& value, const std::string& path) {
        const boost::json::value* const types = part.if_contains("type");
        if (types != nullptr && !type_fits(*types, type_of(value))) {
            blame(path, "type " + type_of(value));
            return;
        }
        visit_scalar(part, value, path);
        if (const boost::json::value* const items = part.if_contains("items")) {
            for (const Value& item : value.items) {
                visit(items->as_object(), item, path + "[]");
            }
        }
        visit_entries(part, value, path);
    }

    void visit_scalar(const boost::json::object& part, const Value& value,
                      const std::string& path) {
        if (const boost::json::value* const pattern = part.if_contains("pattern")) {
            if (!std::regex_search(value.scalar, std::regex(std::string(pattern->as_string())))) {
                blame(path, "pattern, `" + value.scalar + "`");
            }
        }
        if (const boost::json::value* const words = part.if_contains("enum")) {
            const auto& list = words->as_array();
            if (std::none_of(list.begin(), list.end(), [&](const boost::json::value& word) {
                    return word.as_string() == value.scalar;
                })) {
                blame(path, "enum, `" + value.scalar + "`");
            }
        }
        if (const boost::json::value* const minimum = part.if_contains("minimum")) {
            if (std::stoll(value.scalar) < minimum->to_number<std::int64_t>()) {
                blame(path, "minimum");
            }
        }
    }

    void visit_entries(const boost::json::object& part, const Value& value,
                       const std::string& path) {
        const boost::json::value* const properties = part.if_contains("properties");
        const boost::json::value* const others = part.if_contains("additionalProperties");
        for (const Value::Entry& entry : value.entries) {
            const boost::json::value* const known =
                properties == nullptr ? nullptr : properties->as_object().if_contains(entry.key);
            if (known != nullptr) {
                visit(known->as_object(), entry.value, path + "." + entry.key);
            } else if (others != nullptr && others->is_object()) {
                visit(others->as_object(), entry.value, path + "." + entry.key);
            } else if (properties != nullptr || others != nullptr) {
                blame(path, "unknown key " + entry.key);
            }
        }
        const bool map = value.kind == Value::Kind::kMap || value.kind == Value::Kind::kNull;
        const boost::json::value* const required = part.if_contains("required");
        if (required != nullptr && map) {
            for (const boost::json::value& key : required->as_array()) {
                if (value.find(std::string_view(key.as_string())) == nullptr) {
                    blame(path, "missing key " + std::string(key.as_string()));
                }
            }
        }
    }

    std::vector<std::string> faults_;
};

}  // namespace twinstorm::scenario
