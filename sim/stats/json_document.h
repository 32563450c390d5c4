// Parses JSON with every float read back exactly, which Boost.JSON 1.81 alone gets wrong in its
// last bit: then a result read and written again would not be the same bytes.
//
// Errors: kInvalidArgument with the byte at which the text stops being JSON. Input may be hostile:
//         nesting deeper than Boost.JSON's limit of 32 is refused.
#pragma once

#include <string_view>

#include <boost/json/value.hpp>

#include "twinstorm/base/error.h"

namespace twinstorm::stats {

[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text);

}  // namespace twinstorm::stats
