// Packets as bytes, written by hand from the standard: the tests hold both decoder and writer
// against them, and the fuzzer starts from them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/mqtt/malformation.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::mqtt {

// Bytes as a string, so that literals can spell them.
using Raw = std::string;

[[nodiscard]] Bytes bytes(std::string_view raw);
[[nodiscard]] Raw raw(Bytes bytes);

[[nodiscard]] Raw field(std::string_view text);                        // Length-prefixed.
[[nodiscard]] Raw packet(unsigned first_byte, std::string_view body);  // With its fixed header.

struct ValidExample {
    std::string name;
    Raw bytes;
    Packet packet;  // Views literals only.
};

// All 14 types, and the variants that take other branches.
[[nodiscard]] const std::vector<ValidExample>& valid_examples();

struct MalformedExample {
    Malformation malformation;
    std::string name;
    Raw bytes;
    Raw mended;  // The same with nothing but this fault mended.
};

// At least one for each malformation, except kPacketTooLarge, which no bytes alone can be.
[[nodiscard]] const std::vector<MalformedExample>& malformed_examples();

}  // namespace twinstorm::mqtt
