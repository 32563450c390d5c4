#include "stats/base64.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace twinstorm::stats {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digits() {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(kNoDigit);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return digits;
}

constexpr std::array<std::uint8_t, 256> kDigits = make_digits();

// Up to three bytes, left-aligned in 24 bits.
std::uint32_t pack(std::span<const std::byte> bytes) {
    std::uint32_t packed = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        packed = (packed << 8) | (i < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i]) : 0);
    }
    return packed;
}

std::size_t padding_of(std::string_view text) {
    if (text.ends_with("==")) {
        return 2;
    }
    return text.ends_with('=') ? 1 : 0;
}

}  // namespace

std::string encode_base64(std::span<const std::byte> bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t taken = std::min<std::size_t>(3, bytes.size() - at);
        const std::uint32_t packed = pack(bytes.subspan(at, taken));
        for (std::size_t digit = 0; digit < 4; ++digit) {
            text += digit <= taken ? kAlphabet[(packed >> (18 - 6 * digit)) & 63] : '=';
        }
    }
    return text;
}

Result<std::vector<std::byte>> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("base64: {} characters; expected a multiple of 4", text.size()));
    }
    const std::string_view digits = text.substr(0, text.size() - padding_of(text));
    std::vector<std::byte> bytes;
    bytes.reserve(digits.size() * 3 / 4);
    std::uint32_t packed = 0;
    unsigned bits = 0;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        const std::uint8_t digit = kDigits[static_cast<unsigned char>(digits[at])];
        if (digit == kNoDigit) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("base64: no digit of the alphabet at character {}", at));
        }
        packed = (packed << 6) | digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<std::byte>((packed >> bits) & 0xff));
        }
    }
    // Bits that belong to no byte must be zero, or two texts would stand for the same bytes.
    if ((packed & ((1U << bits) - 1)) != 0) {
        return fail(ErrorCode::kInvalidArgument, "base64: bits left over after the last byte");
    }
    return bytes;
}

}  // namespace twinstorm::stats
