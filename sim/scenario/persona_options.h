// What a scenario wishes of a persona: the options that are written down, and only those.
//
// Use:    read them once, from a group or from an entry of its personas; apply them to each.
#pragma once

#include <optional>
#include <string>

#include "scenario/map_reader.h"
#include "scenario/mistakes.h"
#include "twinstorm/agent/persona.h"

namespace twinstorm::scenario {

struct PersonaWishes {
    struct Profile {
        std::optional<host::Kind> kind;  // None: mixed.
    };

    std::optional<Profile> profile;
    std::optional<agent::Encoding> encoding;
    std::optional<agent::Bundling> bundling;
    std::optional<agent::UnknownKeys> unknown_keys;
    std::optional<agent::BesideInvalid> beside_invalid;
    std::optional<bool> invalid_fields_as_text;
    std::optional<bool> patch_is_whole;
    std::optional<Duration> first_collection_min;
    std::optional<Duration> first_collection_max;
    std::optional<Place> place;  // Of the first of them; none: nothing is wished.

    void apply(agent::AgentOptions& options) const;
};

// `path`: `fleet[]` or `fleet[].persona[]`, whose tables have the same keys.
[[nodiscard]] PersonaWishes read_wishes(const MapReader& map, const std::string& path,
                                        Mistakes& mistakes);

}  // namespace twinstorm::scenario
