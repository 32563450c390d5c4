// How a group's devices are named: `gw-{index}`, or `gw-{index:05}` for five digits at least.
//
// Errors: kInvalidArgument for any other brace, or more than one index.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm::plan {

struct IdPattern {
    static constexpr int kDigitsMax = 9;

    std::string prefix;
    std::string suffix;
    int digits = 1;       // Filled up with zeros to this many.
    bool indexed = true;  // False for a name without an index: one device only.

    [[nodiscard]] static Result<IdPattern> parse(std::string_view text);
    [[nodiscard]] std::string format(std::uint32_t index) const;
};

}  // namespace twinstorm::plan
