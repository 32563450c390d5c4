// A list of a scenario that must not be empty, nor longer than a named limit.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"

namespace twinstorm::scenario {

struct ListForm {
    std::string_view what;  // In the plural: `groups`.
    std::size_t items_max = 0;
    std::size_t items_min = 1;
};

// The items; none after a mistake about the list itself.
[[nodiscard]] const std::vector<Value>& read_list(const Value& value, const ListForm& form,
                                                  Mistakes& mistakes);

}  // namespace twinstorm::scenario
