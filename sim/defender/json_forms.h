// The forms of single values in a security message.
#pragma once

#include <cstdint>
#include <string_view>

namespace twinstorm::defender {

enum class Zone : std::uint8_t { kRequired, kOptional };

[[nodiscard]] bool is_guid(std::string_view text);
// RFC 3339; a blank may stand for the T, as common validators have it.
[[nodiscard]] bool is_date_time(std::string_view text, Zone zone = Zone::kRequired);
[[nodiscard]] bool is_port(std::string_view text);     // "22", "*", "53248-53250", "22,53".
[[nodiscard]] bool is_address(std::string_view text);  // IPv4 or IPv6.

}  // namespace twinstorm::defender
