// Keys and ids that come from the hub's seed, so that a run can be repeated to the byte.
//
// These protect a mock: whoever knows the seed knows the keys.
#pragma once

#include <cstdint>
#include <string>

#include "twinstorm/base/seed.h"

namespace twinstorm::hub {

[[nodiscard]] std::string seeded_key(std::uint64_t seed);  // 32 bytes in base64, as hubs make them.
[[nodiscard]] std::string seeded_hex(Random& random);  // 32 hexadecimal digits, as in tracking ids.

}  // namespace twinstorm::hub
