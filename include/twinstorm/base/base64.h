// Base64 of RFC 4648, section 4, with padding: keys, signatures and histograms as text.
//
// Errors: kInvalidArgument. Decoding is strict: no blanks, padding where it belongs.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] Result<std::string> base64_decode(std::string_view text);

}  // namespace twinstorm
