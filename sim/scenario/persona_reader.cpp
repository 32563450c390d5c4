#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "scenario/connection_reader.h"
#include "scenario/desired_reader.h"
#include "scenario/map_reader.h"
#include "scenario/message_reader.h"
#include "scenario/mistakes.h"
#include "scenario/payload_reader.h"
#include "scenario/persona_keys.h"
#include "scenario/secrets.h"
#include "scenario/value_reader.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/scenario/persona_file.h"

namespace twinstorm::scenario {
namespace {

constexpr std::string_view kUsualVersion = "1.0.0";
constexpr std::string_view kUsualStateKey = "latest_state";  // As the micro agent has them.
constexpr std::string_view kUsualInvalidKey = "latest_invalid_fields";
constexpr std::string_view kUsualSuccess = "success";
constexpr std::string_view kUsualFailed = "failed";

// The first line that is no UTF-8, counted from 1; 0 for none.
int find_broken_line(std::string_view text) {
    int line = 1;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const auto quoted = boost::json::serialize(boost::json::string(text.substr(0, end)));
        boost::json::error_code error;
        (void)boost::json::parse(quoted, error);  // Which checks it.
        if (error) {
            return line;
        }
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        ++line;
    }
    return 0;
}

class PersonaReader {
public:
    explicit PersonaReader(Mistakes& mistakes) : mistakes_(mistakes) {}

    agent::Persona read(const Value& root) {
        const MapReader map(root, persona_table(""), mistakes_);
        persona_.family = agent::Family::kTemplate;
        persona_.options.encoding = agent::Encoding::kTemplate;
        read_names(map);
        read_desired_section(map);
        read_reported(map);
        read_on_change(map);
        if (const Value* const events = map.find("events")) {
            read_events(*events, source_, mistakes_);
        }
        if (const Value* const messages = map.find("messages")) {
            read_messages(*messages, map.find("events"), source_, mistakes_);
        }
        if (const Value* const offline = map.find("offline")) {
            read_offline(*offline, source_, mistakes_);
        }
        if (const Value* const connection = map.find("connection")) {
            read_connection(*connection, persona_.habits, mistakes_);
        }
        source_.name = persona_.name;
        source_.canonical = emit_yaml(root);
        return std::move(persona_);
    }

    agent::PersonaTemplate take_source() { return std::move(source_); }

private:
    void read_names(const MapReader& map) {
        source_.agent_version = kUsualVersion;
        if (const Value* const name = map.find("persona")) {
            assign(persona_.name, read_name(*name, mistakes_));
            if (agent::find_family(persona_.name)) {
                mistakes_.add(name->place,
                              fmt::format("`{}` is a persona that comes with the program; expected "
                                          "another name",
                                          persona_.name));
            }
        }
        if (const Value* const description = map.find("description")) {
            assign(source_.description, read_text(*description, mistakes_));
        }
        if (const Value* const version = map.find("agent_version")) {
            assign(source_.agent_version, read_text(*version, mistakes_));
        }
        const Value* const module = map.find("module_id");
        const auto id = module == nullptr ? std::nullopt : read_text(*module, mistakes_);
        if (id && !iothub::is_valid_id(*id)) {
            mistakes_.add(module->place,
                          fmt::format("`{}` is no module id; expected 1 to {} of the characters "
                                      "`A-Z a-z 0-9 - : . + % _ # * ? ! ( ) , = @ ; $ '`",
                                      *id, iothub::kIdBytesMax));
        }
        assign(persona_.module_id, id);
    }

    void read_desired_section(const MapReader& map) {
        if (const Value* const twin = map.find("twin")) {
            assign(persona_.has_twin, read_flag(*twin, mistakes_));
        }
        for (const std::string_view key : {"desired", "reported", "on_change", "value_objects"}) {
            const Value* const value = map.find(key);
            if (value != nullptr && !persona_.has_twin) {
                mistakes_.add(value->place,
                              fmt::format("`{}` of a persona without a twin; expected "
                                          "none beside `twin: false`",
                                          key));
            }
        }
        if (const Value* const objects = map.find("value_objects")) {
            assign(source_.value_objects, read_flag(*objects, mistakes_));
        }
        if (const Value* const desired = map.find("desired")) {
            source_.desired = read_desired(*desired, mistakes_);
        }
    }

    void read_reported(const MapReader& map) {
        source_.state_key = kUsualStateKey;
        source_.success = kUsualSuccess;
        source_.failed = kUsualFailed;
        source_.invalid_key = kUsualInvalidKey;
        source_.report = persona_.has_twin ? agent::ReportForm::kMirror : agent::ReportForm::kNone;
        const Value* const value = map.find("reported");
        if (value == nullptr) {
            return;
        }
        const MapReader reported(*value, persona_table("reported"), mistakes_);
        if (!reported.is_map()) {
            return;
        }
        if (const Value* const form = reported.find("form")) {
            assign(source_.report, read_choice(*form, persona_choices("reported.form"), mistakes_));
        }
        read_twin_key(reported.find("state_key"), source_.state_key);
        read_twin_key(reported.find("invalid_key"), source_.invalid_key);
        for (const auto& [key, text] :
             {std::pair("success", &source_.success), std::pair("failed", &source_.failed)}) {
            if (const Value* const word = reported.find(key)) {
                assign(*text, read_text(*word, mistakes_));
            }
        }
        if (const Value* const form = reported.find("invalid_as")) {
            assign(persona_.options.invalid_fields_as_text,
                   read_choice(*form, persona_choices("reported.invalid_as"), mistakes_));
        }
        read_report_properties(reported);
    }

    void read_twin_key(const Value* value, std::string& target) {
        const auto key = value == nullptr ? std::nullopt : read_name(*value, mistakes_);
        assign(target, key);
    }

    void read_report_properties(const MapReader& reported) {
        const Value* const properties = reported.find("properties");
        if (properties == nullptr) {
            return;
        }
        if (properties->kind != Value::Kind::kMap) {
            mistakes_.add(properties->place, describe(*properties) + " where a map belongs");
            return;
        }
        if (source_.report == agent::ReportForm::kNone) {
            mistakes_.add(properties->place,
                          "nothing is reported; expected `form: mirror` or `form: state` beside "
                          "`properties`");
        }
        source_.report_properties = read_payload(*properties, source_.desired, mistakes_);
    }

    void read_on_change(const MapReader& map) {
        const Value* const value = map.find("on_change");
        if (value == nullptr) {
            return;
        }
        const MapReader change(*value, persona_table("on_change"), mistakes_);
        if (!change.is_map()) {
            return;
        }
        if (const Value* const flush = change.find("flush")) {
            assign(source_.flush_on_change, read_flag(*flush, mistakes_));
        }
        agent::AgentOptions& options = persona_.options;
        if (const Value* const unknown = change.find("unknown_keys")) {
            assign(options.unknown_keys,
                   read_choice(*unknown, persona_choices("on_change.unknown_keys"), mistakes_));
        }
        if (const Value* const beside = change.find("beside_invalid")) {
            assign(options.beside_invalid,
                   read_choice(*beside, persona_choices("on_change.beside_invalid"), mistakes_));
        }
        if (const Value* const absent = change.find("absent_keys")) {
            assign(options.patch_is_whole,
                   read_choice(*absent, persona_choices("on_change.absent_keys"), mistakes_));
        }
    }

    Mistakes& mistakes_;
    agent::Persona persona_;
    agent::PersonaTemplate source_;
};

PersonaOutcome refused(std::string_view file, std::string text) {
    return tl::unexpected<std::vector<Mistake>>(
        {Mistake{std::string(file), 0, 0, std::move(text)}});
}

}  // namespace

PersonaOutcome parse_persona(std::string_view yaml, std::string_view file) {
    if (yaml.size() > kPersonaBytesMax) {
        return refused(
            file, fmt::format("{} bytes long; expected at most {}", yaml.size(), kPersonaBytesMax));
    }
    Mistakes mistakes(std::string(file), {});
    if (const int line = find_broken_line(yaml); line > 0) {
        mistakes.add({0, line, 1}, "bytes that are no UTF-8; expected text in UTF-8");
        return tl::unexpected<std::vector<Mistake>>(mistakes.take());
    }
    auto tree = parse_yaml(yaml, 0);
    if (!tree) {
        mistakes.add(tree.error().place, std::move(tree.error().text));
        return tl::unexpected<std::vector<Mistake>>(mistakes.take());
    }
    hide_secrets(yaml, *tree, mistakes);
    PersonaReader reader(mistakes);
    agent::Persona persona = reader.read(*tree);
    if (!mistakes.empty()) {
        return tl::unexpected<std::vector<Mistake>>(mistakes.take());
    }
    agent::PersonaTemplate source = reader.take_source();
    source.source = yaml;
    // Groups and their devices share what the file says: it never changes, and ends with the last.
    persona.source = std::make_shared<const agent::PersonaTemplate>(std::move(source));
    return persona;
}

PersonaOutcome read_persona(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    // One byte more than allowed, so that a longer file is seen to be one.
    std::string yaml(kPersonaBytesMax + 1, '\0');
    file.read(yaml.data(), static_cast<std::streamsize>(yaml.size()));
    yaml.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad() || (!file.eof() && yaml.size() <= kPersonaBytesMax)) {
        return refused(path, "this file cannot be read; expected a persona");
    }
    return parse_persona(yaml, path);
}

}  // namespace twinstorm::scenario
