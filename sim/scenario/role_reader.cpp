#include "scenario/role_reader.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "scenario/list_reader.h"
#include "scenario/persona_options.h"
#include "scenario/readers.h"
#include "scenario/value_reader.h"
#include "twinstorm/plan/nearest_name.h"
#include "twinstorm/scenario/persona_file.h"

namespace twinstorm::scenario {
namespace {

const std::string kGroupPath = "fleet[]";
const std::string kEntryPath = "fleet[].persona[]";

constexpr std::array kFamilies{agent::Family::kMicroLinux, agent::Family::kLegacyC,
                               agent::Family::kLegacyCs, agent::Family::kMicroRtos};

std::vector<std::string_view> known_personas() {
    std::vector<std::string_view> names;
    for (const agent::Family family : kFamilies) {
        names.push_back(agent::name(family));
    }
    const auto bundled = bundled_persona_names();
    names.insert(names.end(), bundled.begin(), bundled.end());
    return names;
}

bool looks_like_a_path(std::string_view text) {
    return text.find('/') != std::string_view::npos || text.ends_with(".yaml") ||
           text.ends_with(".yml");
}

bool takes_options(const plan::Role& role) {
    return role.persona.family != agent::Family::kTemplate;
}

void say_unused(const Place& place, Mistakes& mistakes) {
    mistakes.add(place,
                 "options of the bundled agents beside a persona that is written down, whose file "
                 "says how it is; expected them left out");
}

std::string who(const agent::Persona& persona) {
    return persona.module_id.empty() ? "the device itself"
                                     : fmt::format("module `{}`", persona.module_id);
}

}  // namespace

plan::SecurityLoad read_security_load(const Value& value, std::string_view path,
                                      Mistakes& mistakes) {
    const MapReader map(value, table(path), mistakes);
    const Value* const rate = map.find("rate");
    const Value* const arrivals = map.find("arrivals");
    const Value* const in_flight = map.find("in_flight");
    if (map.is_map() && (rate == nullptr) == (in_flight == nullptr)) {
        mistakes.add(map.place(), "security messages need exactly one of `rate` and `in_flight`");
    }
    if (arrivals != nullptr && in_flight != nullptr) {
        mistakes.add(arrivals->place,
                     "`arrivals` says nothing beside `in_flight`; expected `rate`");
    }
    if (in_flight != nullptr) {
        plan::ClosedLoad closed;
        assign(closed.in_flight, read_count(*in_flight, {1, kInFlightMax}, mistakes));
        return closed;
    }
    plan::OpenLoad open;
    if (rate != nullptr) {
        assign(open.rate, read_rate(*rate, mistakes));
    }
    if (arrivals != nullptr) {
        assign(open.arrivals,
               read_choice(*arrivals, choices(fmt::format("{}.arrivals", path)), mistakes));
    }
    return open;
}

std::vector<plan::Role> RoleReader::read(const MapReader& group) {
    const PersonaWishes wishes = read_wishes(group, kGroupPath, mistakes_);
    std::vector<plan::Role> roles;
    if (const Value* const personas = group.find("persona")) {
        if (personas->kind == Value::Kind::kList) {
            roles = read_list_of(*personas, wishes);
        } else if (auto persona = find_persona(*personas)) {
            roles.push_back(play(std::move(*persona), wishes));
        }
        const bool unused = std::none_of(roles.begin(), roles.end(), takes_options);
        if (wishes.place && !roles.empty() && unused) {
            say_unused(*wishes.place, mistakes_);
        }
    }
    if (roles.empty()) {
        roles.push_back(play(agent::make_persona(agent::Family::kMicroLinux), wishes));
    }
    return roles;
}

plan::Role RoleReader::play(agent::Persona persona, const PersonaWishes& wishes) {
    plan::Role role;
    role.persona = std::move(persona);
    if (takes_options(role)) {
        wishes.apply(role.persona.options);
    }
    return role;
}

std::vector<plan::Role> RoleReader::read_list_of(const Value& list, const PersonaWishes& wishes) {
    std::vector<plan::Role> roles;
    for (const Value& item : read_list(list, {"personas", plan::kRolesMax}, mistakes_)) {
        const std::size_t before = roles.size();
        if (item.kind == Value::Kind::kMap) {
            read_entry(item, wishes, roles);
        } else if (auto persona = find_persona(item)) {
            roles.push_back(play(std::move(*persona), wishes));
        }
        if (roles.size() > before) {
            check_identity(item, roles);
        }
    }
    return roles;
}

void RoleReader::read_entry(const Value& value, const PersonaWishes& wishes,
                            std::vector<plan::Role>& roles) {
    const MapReader map(value, table(kEntryPath), mistakes_);
    const PersonaWishes own = read_wishes(map, kEntryPath, mistakes_);
    const Value* const name = map.find("name");
    auto persona = name != nullptr ? find_persona(*name) : std::nullopt;
    if (!persona) {
        return;
    }
    plan::Role role = play(std::move(*persona), wishes);
    if (takes_options(role)) {
        own.apply(role.persona.options);
    } else if (own.place) {
        say_unused(*own.place, mistakes_);
    }
    if (const Value* const load = map.find("security_messages")) {
        role.security_messages =
            read_security_load(*load, kEntryPath + ".security_messages", mistakes_);
    }
    if (const Value* const start = map.find("start")) {
        role.starts_later = read_choice(*start, choices(kEntryPath + ".start"), mistakes_) == 1U;
    }
    roles.push_back(std::move(role));
}

// The newest role against those before it: an identity has one client, and a name is unique.
void RoleReader::check_identity(const Value& item, const std::vector<plan::Role>& roles) {
    const agent::Persona& persona = roles.back().persona;
    for (auto role = roles.begin(); role + 1 != roles.end(); ++role) {
        if (role->persona.module_id == persona.module_id) {
            mistakes_.add(item.place,
                          fmt::format("`{}` and `{}` would both speak as {}; expected one of them",
                                      role->persona.name, persona.name, who(persona)));
            return;
        }
        if (role->persona.name == persona.name) {
            mistakes_.add(item.place, fmt::format("persona `{}` is there twice; expected it once",
                                                  persona.name));
            return;
        }
    }
}

std::optional<agent::Persona> RoleReader::find_persona(const Value& value) {
    const std::optional<std::string> text = read_text(value, mistakes_);
    if (!text) {
        return std::nullopt;
    }
    if (const auto family = agent::find_family(*text);
        family && *family != agent::Family::kTemplate) {
        return agent::make_persona(*family);
    }
    if (auto bundled = find_bundled_persona(*text)) {
        return bundled;
    }
    if (looks_like_a_path(*text)) {
        return read_file((std::filesystem::path(folder_) / *text).string());
    }
    const std::vector<std::string_view> names = known_personas();
    mistakes_.add(value.place, fmt::format("unknown persona `{}`; {}, or the path of a persona "
                                           "file",
                                           *text, plan::suggest(*text, names)));
    return std::nullopt;
}

std::optional<agent::Persona> RoleReader::read_file(const std::string& path) {
    const auto known = files_.find(path);
    if (known != files_.end()) {
        return known->second;
    }
    PersonaOutcome persona = read_persona(path);
    if (!persona) {
        mistakes_.add(std::move(persona.error()));
    }
    std::optional<agent::Persona>& kept = files_[path];
    if (persona) {
        kept = std::move(*persona);
    }
    return kept;
}

}  // namespace twinstorm::scenario
