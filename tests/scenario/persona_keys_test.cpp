// The persona's JSON Schema and the format reference, held against what the reader accepts.
#include "scenario/persona_keys.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "scenario/schema_validator.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/scenario/persona_file.h"

namespace twinstorm::scenario {
namespace {

namespace json = boost::json;
using Names = std::set<std::string>;

json::value schema() {
    return json::parse(text_of(kFolder / "persona.schema.json"));
}

std::vector<std::string> faults_of(std::string_view yaml) {
    return Validator().check(schema().as_object(), parse_yaml(yaml, 0).value());
}

// The chapter of the reference that speaks of persona files.
std::string chapter() {
    const std::string reference = text_of(kFolder / "README.md");
    const std::size_t begin = reference.find("## Personas of your own");
    EXPECT_NE(begin, std::string::npos);
    return reference.substr(begin, reference.find("\n## ", begin + 1) - begin);
}

TEST(PersonaSchema, HoldsEveryKeyOfTheReaderAndNoOther) {
    const json::value root = schema();
    for (const KeyTable& table : persona_key_tables()) {
        const json::object* const part = part_of(root, table.path);
        ASSERT_NE(part, nullptr) << table.path;
        EXPECT_FALSE(part->at("additionalProperties").as_bool()) << table.path;
        Names known;
        Names required;
        for (const Key& key : table.keys) {
            known.emplace(key.name);
            if (key.required) {
                required.emplace(key.name);
            }
        }
        Names in_schema;
        for (const auto& [key, value] : part->at("properties").as_object()) {
            in_schema.emplace(key);
        }
        EXPECT_EQ(in_schema, known) << table.path;
        Names required_in_schema;
        if (const json::value* const list = part->if_contains("required")) {
            for (const json::value& key : list->as_array()) {
                required_in_schema.emplace(key.as_string());
            }
        }
        EXPECT_EQ(required_in_schema, required) << table.path;
    }
}

TEST(PersonaSchema, OffersTheWordsThatAreServed) {
    const json::value root = schema();
    for (const Choices& choices : persona_choice_tables()) {
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

TEST(PersonaReference, NamesEveryKeyWordAndPlaceholder) {
    const std::string reference = chapter();
    for (const KeyTable& table : persona_key_tables()) {
        for (const Key& key : table.keys) {
            EXPECT_TRUE(
                std::regex_search(reference, std::regex("[`.]" + std::string(key.name) + "[`.:]")))
                << table.path << "." << key.name;
        }
    }
    for (const Choices& choices : persona_choice_tables()) {
        for (const std::string_view word : choices.served) {
            EXPECT_NE(reference.find("`" + std::string(word) + "`"), std::string::npos) << word;
        }
    }
    for (const std::string_view name : placeholder_names()) {
        EXPECT_NE(reference.find("{" + std::string(name)), std::string::npos) << name;
    }
}

TEST(PersonaSchema, AcceptsEveryPersonaInTheFolder) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder / "personas")) {
        ++count;
        EXPECT_EQ(faults_of(text_of(entry.path())), std::vector<std::string>()) << entry.path();
        const auto persona = read_persona(entry.path());
        EXPECT_TRUE(persona.has_value()) << entry.path();
    }
    EXPECT_GE(count, 2);
    for (const std::string_view name : bundled_persona_names()) {
        EXPECT_EQ(faults_of(bundled_persona_text(name)), std::vector<std::string>()) << name;
    }
}

// The example of the reference is a persona, as it stands there.
TEST(PersonaReference, ShowsAPersonaThatCanBeRead) {
    const std::string text = chapter();
    const std::size_t begin = text.find("```yaml\n");
    ASSERT_NE(begin, std::string::npos);
    const std::string example = text.substr(begin + 8, text.find("```", begin + 8) - begin - 8);
    const auto persona = parse_persona(example, "example");
    ASSERT_TRUE(persona.has_value()) << persona.error().front().format();
    EXPECT_EQ(faults_of(example), std::vector<std::string>());
}

TEST(PersonaSchema, RefusesWhatTheReaderRefuses) {
    EXPECT_EQ(
        faults_of("persona: a b\nevents: {e: {payload: 1, count: few}}\nmesages: []\n"
                  "desired: {k: {type: text}}\n"),
        (std::vector<std::string>{".persona: pattern, `a b`", ".events.e.count: pattern, `few`",
                                  ": unknown key mesages", ".desired.k.type: enum, `text`",
                                  ".desired.k: missing key default", ": missing key messages"}));
}

}  // namespace
}  // namespace twinstorm::scenario
