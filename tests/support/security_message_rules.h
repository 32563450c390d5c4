// The strict rules of security messages, schema version 1.0, as the published JSON Schema has them.
//
// Use:    violations(message) names everything that the service would silently ignore a message
//         for, each with its place; empty means valid.
// Why:    written from the fact sheet, not from our encoder: the two must not share a mistake.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace twinstorm::test {

[[nodiscard]] std::vector<std::string> violations(const boost::json::value& message);

// The forms of single values, for tests of their own.
[[nodiscard]] bool is_guid(std::string_view text);
[[nodiscard]] bool is_date_time(std::string_view text);  // RFC 3339; a blank may stand for the T.
[[nodiscard]] bool is_port(std::string_view text);       // "22", "*", "53248-53250", "22,53".
[[nodiscard]] bool is_address(std::string_view text);    // IPv4 or IPv6.

}  // namespace twinstorm::test
