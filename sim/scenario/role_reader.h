// The personas of a group: names, persona files, and their options.
//
// Rule:   a group's options count for all its bundled personas, an entry's own go before them. A
//         persona file's path counts from the scenario's folder.
// Owner:  the reader of the fleet; a persona file is read once, however many groups name it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/map_reader.h"
#include "scenario/mistakes.h"
#include "scenario/persona_options.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/plan/plan.h"

namespace twinstorm::scenario {

class RoleReader {
public:
    RoleReader(std::string folder, Mistakes& mistakes)
        : folder_(std::move(folder)), mistakes_(mistakes) {}

    // At least one role, also after a mistake.
    [[nodiscard]] std::vector<plan::Role> read(const MapReader& group);

private:
    [[nodiscard]] static plan::Role play(agent::Persona persona, const PersonaWishes& wishes);
    [[nodiscard]] std::vector<plan::Role> read_list_of(const Value& list,
                                                       const PersonaWishes& wishes);
    void read_entry(const Value& value, const PersonaWishes& wishes,
                    std::vector<plan::Role>& roles);
    void check_identity(const Value& item, const std::vector<plan::Role>& roles);
    [[nodiscard]] std::optional<agent::Persona> find_persona(const Value& value);
    [[nodiscard]] std::optional<agent::Persona> read_file(const std::string& path);

    std::string folder_;
    Mistakes& mistakes_;
    std::map<std::string, std::optional<agent::Persona>> files_;
};

[[nodiscard]] plan::SecurityLoad read_security_load(const Value& value, std::string_view path,
                                                    Mistakes& mistakes);

}  // namespace twinstorm::scenario
