// Texts of the service: ids, etags, and a peer's text made harmless.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/seed.h"

namespace twinstorm::dps {

// Registration ids are case-insensitive: this is the form they are kept and compared in.
[[nodiscard]] std::string lower(std::string_view text);

// At most 128 of `A-Z a-z 0-9 - . _ :`.
[[nodiscard]] bool is_registration_id(std::string_view text);

[[nodiscard]] std::string seeded_key(std::uint64_t seed);  // 32 bytes in base64.
[[nodiscard]] std::string hex_id(Random& random);          // 32 digits: tracking ids.
[[nodiscard]] std::string operation_id(Random& random);    // `5.{16 digits}.{GUID}`
[[nodiscard]] std::string next_etag(Random& random);       // Base64 of decimal digits.
// `if_match` is `*` or an etag, with or without quotes.
[[nodiscard]] bool etag_matches(std::string_view if_match, std::string_view etag);

// Cut short, with everything but printable ASCII replaced.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace twinstorm::dps
