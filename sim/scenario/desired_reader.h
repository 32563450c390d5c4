// The desired keys of a persona file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/agent/persona_template.h"

namespace twinstorm::scenario {

inline constexpr std::size_t kDesiredDepthMax = 8;
inline constexpr std::size_t kDesiredNameBytesMax = 128;
inline constexpr std::size_t kDesiredValuesMax = 64;

[[nodiscard]] std::vector<agent::DesiredKey> read_desired(const Value& value, Mistakes& mistakes);

[[nodiscard]] std::optional<std::uint16_t> find_desired(const std::vector<agent::DesiredKey>& keys,
                                                        std::string_view name);
// "did you mean …" or what there is.
[[nodiscard]] std::string suggest_desired(const std::vector<agent::DesiredKey>& keys,
                                          std::string_view wrong);

}  // namespace twinstorm::scenario
