// The properties of a persona file's messages: the bag of their topic, written once.
#pragma once

#include <cstddef>

#include "scenario/map_reader.h"
#include "scenario/mistakes.h"
#include "twinstorm/agent/persona_template.h"

namespace twinstorm::scenario {

inline constexpr std::size_t kPropertiesMax = 32;
inline constexpr std::size_t kPropertyBytesMax = 1'024;

// Of the map of one message, whose kind is known.
void read_properties(const MapReader& map, agent::MessageTemplate& message, Mistakes& mistakes);

}  // namespace twinstorm::scenario
