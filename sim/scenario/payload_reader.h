// A payload of a persona file: YAML as it should stand in JSON, with placeholders.
//
// Rules:  a scalar that is one placeholder keeps the placeholder's type; within a longer text it
//         becomes a part of it, and so it does as `{text:integer:1..9}`. `{{` and `}}` are the
//         braces themselves.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/agent/persona_template.h"

namespace twinstorm::scenario {

inline constexpr std::size_t kPayloadPiecesMax = 1'000;
inline constexpr std::size_t kPayloadBytesMax = std::size_t{64} * 1024;  // Of its constant parts.

[[nodiscard]] agent::Payload read_payload(const Value& value,
                                          const std::vector<agent::DesiredKey>& desired,
                                          Mistakes& mistakes);

// Text as the inside of a JSON string.
[[nodiscard]] std::string json_inside(std::string_view text);

}  // namespace twinstorm::scenario
