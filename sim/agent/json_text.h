// Appends pieces of JSON text to a string, without a document in between: the hot path of the
// encoders. The caller writes quotes, commas and braces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "twinstorm/base/time.h"

namespace twinstorm::agent {

void append_integer(std::string& text, std::uint64_t value);

// The inside of a JSON string [RFC 8259, 7]: quote, backslash and control characters escaped. The
// value is taken to be UTF-8.
void append_escaped(std::string& text, std::string_view value);

// `"name":"value"`, escaped.
void append_field(std::string& text, std::string_view name, std::string_view value);

// A random UUID (version 4) made of 122 of these 128 bits.
void append_uuid(std::string& text, std::uint64_t high, std::uint64_t low);

// RFC 3339 in whole seconds, at an offset east of UTC; offset 0 ends in `Z`.
void append_time(std::string& text, WallTime instant, int zone_minutes);

// Dotted decimal of an address in host order.
void append_ipv4(std::string& text, std::uint32_t address);

}  // namespace twinstorm::agent
