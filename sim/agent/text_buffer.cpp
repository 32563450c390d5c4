#include "agent/text_buffer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace twinstorm::agent {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

// Two digits of each byte.
constexpr auto kHexPairs = [] {
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t byte = 0; byte < pairs.size(); ++byte) {
        pairs[byte] = {kHex[byte >> 4], kHex[byte & 0xf]};
    }
    return pairs;
}();

// A byte in decimal with a dot behind it, and how long that is.
struct Octet {
    std::array<char, 4> text{};
    std::uint8_t size = 0;
};

constexpr auto kOctets = [] {
    std::array<Octet, 256> octets{};
    for (unsigned byte = 0; byte < octets.size(); ++byte) {
        Octet& octet = octets[byte];
        if (byte >= 100) {
            octet.text[octet.size++] = static_cast<char>('0' + byte / 100);
        }
        if (byte >= 10) {
            octet.text[octet.size++] = static_cast<char>('0' + byte / 10 % 10);
        }
        octet.text[octet.size++] = static_cast<char>('0' + byte % 10);
        octet.text[octet.size++] = '.';
    }
    return octets;
}();

// `digits` of them, from the highest of `value`'s.
char* put_hex(char* at, std::uint64_t value, int digits) {
    for (int shift = 4 * digits - 8; shift >= 0; shift -= 8) {
        std::memcpy(at, kHexPairs[value >> shift & 0xff].data(), 2);
        at += 2;
    }
    return at;
}

}  // namespace

void TextBuffer::put_integer(std::uint64_t value) {
    constexpr std::size_t kDigitsMax = 20;
    char* const at = room(kDigitsMax);
    size_ += static_cast<std::size_t>(std::to_chars(at, at + kDigitsMax, value).ptr - at);
}

void TextBuffer::put_escaped(std::string_view value) {
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            put('\\');
            put(c);
        } else if (byte < 0x20) {
            put("\\u00");
            put({kHexPairs[byte].data(), 2});
        } else {
            put(c);
        }
    }
}

void TextBuffer::put_uuid(std::uint64_t high, std::uint64_t low) {
    constexpr std::size_t kUuidBytes = 36;
    high = (high & ~std::uint64_t{0xf000}) | 0x4000;  // Version 4 [RFC 4122, 4.4].
    low = (low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);  // Its variant.
    char* at = put_hex(room(kUuidBytes), high >> 32, 8);
    *at++ = '-';
    at = put_hex(at, high >> 16, 4);
    *at++ = '-';
    at = put_hex(at, high, 4);
    *at++ = '-';
    at = put_hex(at, low >> 48, 4);
    *at++ = '-';
    put_hex(at, low, 12);
    size_ += kUuidBytes;
}

void TextBuffer::put_ipv4(std::uint32_t address) {
    char* const begin = room(4 * sizeof(Octet::text));
    char* at = begin;
    for (int shift = 24; shift >= 0; shift -= 8) {
        const Octet& octet = kOctets[address >> shift & 0xff];
        std::memcpy(at, octet.text.data(), octet.text.size());
        at += octet.size;
    }
    size_ += static_cast<std::size_t>(at - begin) - 1;  // Without the last dot.
}

void TextBuffer::put_mac(std::uint64_t address) {
    for (int shift = 40; shift >= 0; shift -= 8) {
        put({kHexPairs[address >> shift & 0xff].data(), 2});
        if (shift > 0) {
            put(':');
        }
    }
}

void TextBuffer::grow(std::size_t bytes) {
    constexpr std::size_t kFirst = 4096;
    const std::size_t capacity = std::max({kFirst, 2 * capacity_, size_ + bytes});
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ != 0) {
        std::memcpy(larger.get(), bytes_.get(), size_);
    }
    bytes_ = std::move(larger);
    capacity_ = capacity;
}

}  // namespace twinstorm::agent
