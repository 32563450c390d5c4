// Every key and every fixed word of a persona file, in tables, as keys.h has a scenario's.
//
// A map whose own keys are free is named `events{}`: each of its values has the table's keys.
#pragma once

#include <span>
#include <string_view>

#include "scenario/keys.h"

namespace twinstorm::scenario {

[[nodiscard]] std::span<const KeyTable> persona_key_tables();
[[nodiscard]] const KeyTable& persona_table(std::string_view path);  // It must exist.

[[nodiscard]] std::span<const Choices> persona_choice_tables();
[[nodiscard]] const Choices& persona_choices(std::string_view path);  // It must exist.

// The names of placeholders, in the order of agent::Fill, from kDeviceId on.
[[nodiscard]] std::span<const std::string_view> placeholder_names();

}  // namespace twinstorm::scenario
