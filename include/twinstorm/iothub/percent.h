// Percent-encoding (RFC 3986) as the hub and its SDKs use it in topics, tokens and paths.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm::iothub {

// All but the unreserved characters (letters, digits, `-._~`), in upper-case hexadecimal.
[[nodiscard]] std::string percent_encode(std::string_view text);

// Errors: kInvalidArgument for a `%` without two hexadecimal digits.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text);

}  // namespace twinstorm::iothub
