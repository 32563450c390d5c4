// AMQP 1.0 values [AMQP-1.6], decoded into a tree. Bounded in depth and number, whatever arrives.
//
// Use:    decode_value() takes one value off the front; the tree is read with field() and at().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/error.h"

namespace twinstorm::amqp {

struct Value {
    enum class Kind : std::uint8_t {
        kNull,
        kBool,
        kUnsigned,  // ubyte, ushort, uint, ulong; `width` tells which, in bytes.
        kSigned,    // byte, short, int, long.
        kTimestamp,
        kOpaque,  // float, double, decimals, char, uuid: bytes in `text`.
        kUuid,
        kBinary,
        kString,
        kSymbol,
        kList,
        kMap,        // Keys and values by turns.
        kArray,      // Without the descriptor that its items may have.
        kDescribed,  // Descriptor and value.
    };

    Kind kind = Kind::kNull;
    std::uint8_t width = 0;
    std::int64_t number = 0;  // Bool, numbers (ulong wraps), milliseconds.
    std::string text{};
    std::vector<Value> items{};

    [[nodiscard]] bool is_null() const { return kind == Kind::kNull; }
    [[nodiscard]] bool is_text() const { return kind == Kind::kString || kind == Kind::kSymbol; }
    [[nodiscard]] bool is_true() const { return kind == Kind::kBool && number != 0; }
    [[nodiscard]] std::uint64_t unsigned_number() const {
        return static_cast<std::uint64_t>(number);
    }
    // A list's field; null beyond its end, as trailing nulls are left out [AMQP-1.4].
    [[nodiscard]] const Value& field(std::size_t index) const;
    // A map's value for a string or symbol key; null when there is none.
    [[nodiscard]] const Value& at(std::string_view key) const;
    // Text of a string or symbol, digits of a number, `true`; empty for anything else.
    [[nodiscard]] std::string to_text() const;
};

// Errors: kMalformedPacket. Takes the value off the front of `bytes`.
[[nodiscard]] Result<Value> decode_value(std::span<const std::byte>& bytes);

}  // namespace twinstorm::amqp
