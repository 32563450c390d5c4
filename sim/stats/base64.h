// Base64 of RFC 4648 section 4, with padding: how a histogram's bytes travel in JSON.
//
// Errors: kInvalidArgument. Decoding is strict: no line breaks, padding where it belongs.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/error.h"

namespace twinstorm::stats {

[[nodiscard]] std::string encode_base64(std::span<const std::byte> bytes);
[[nodiscard]] Result<std::vector<std::byte>> decode_base64(std::string_view text);

}  // namespace twinstorm::stats
