// Numbers without a unit, negative ones too, as JSON could hold them.
#pragma once

#include <cstdint>
#include <optional>

#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"

namespace twinstorm::scenario {

[[nodiscard]] std::optional<std::int64_t> read_integer(const Value& value, Mistakes& mistakes);
[[nodiscard]] std::optional<double> read_number(const Value& value, Mistakes& mistakes);

}  // namespace twinstorm::scenario
