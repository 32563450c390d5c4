// Puts `path=value` overrides into a scenario's tree, before anything is read from it.
//
// A path goes by keys, and through a list by index from 0 or by an item's `name` or `group`:
// `phases.steady.duration=5s`. A key that a scenario may have is made when it is not there yet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"

namespace twinstorm::scenario {

struct Override {
    std::string path;       // What stands before the first `=`, and may be shown.
    std::string value;      // YAML.
    bool complete = false;  // False when there was no `=`.
};

[[nodiscard]] Override split_override(std::string_view text);

// The n-th override's values get the place n, counted from 1.
void apply_overrides(const std::vector<Override>& overrides, Value& root, Mistakes& mistakes);

}  // namespace twinstorm::scenario
