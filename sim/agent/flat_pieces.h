// What the encoder needs of the catalogue in the form of the FlatBuffers schema: numbers, saturated
// and turned, and texts that are composed.
//
// Threads: any; immutable, made once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flat_schema.h"

namespace twinstorm::agent {

struct FlatPieces {
    std::vector<std::uint32_t> user_ids;              // 0 for those without an account.
    std::vector<std::vector<std::string>> check_ids;  // By operating system, by check.
};

[[nodiscard]] const FlatPieces& flat_pieces();

// The most that a text takes: its length, its end, padding.
constexpr std::size_t flat_text_bytes(std::string_view text) {
    return text.size() + 2 * sizeof(flatbuffers::uoffset_t);
}

template <class Narrow, class Wide>
constexpr Narrow saturated(Wide value) {
    constexpr Narrow kMost = std::numeric_limits<Narrow>::max();
    return value > kMost ? kMost : static_cast<Narrow>(value);
}

// An address in host order, so that its bytes in the buffer are in network order.
constexpr std::uint32_t flat_address(std::uint32_t address) {
    return address >> 24 | (address >> 8 & 0xff00) | (address << 8 & 0xff0000) | address << 24;
}

}  // namespace twinstorm::agent
