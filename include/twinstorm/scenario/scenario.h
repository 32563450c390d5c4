// Reads a scenario: YAML in, a checked plan or all of its mistakes out.
//
// Errors: every mistake is found in one pass, each with line and column, what is wrong and what was
//         expected; an unknown key comes with the nearest known one. Files: only what ${file:}
//         names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "twinstorm/plan/plan.h"

namespace twinstorm::scenario {

struct Mistake {
    std::string file;  // Or `--set` for an override.
    int line = 0;      // From 1; 0 when there is no place.
    int column = 0;
    std::string text;

    [[nodiscard]] std::string format() const;  // `file:line:column: text`
};

struct Overrides {
    std::vector<std::string>
        set;  // `path.to.key=value`, list items by index: `fleet.0.devices=10`.
    std::optional<std::uint64_t> seed;
};

[[nodiscard]] tl::expected<plan::Plan, std::vector<Mistake>> read_scenario(
    const std::string& path, const Overrides& overrides);
[[nodiscard]] tl::expected<plan::Plan, std::vector<Mistake>> parse_scenario(
    std::string_view yaml, std::string_view file, const Overrides& overrides);

}  // namespace twinstorm::scenario
