// The fast path for text: whether it is ASCII alone and free of certain bytes, 16 bytes at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace twinstorm::mqtt {

// A vector register, in the words of GCC and Clang; any machine's, or several words where it has
// none.
using Lanes [[gnu::vector_size(16)]] = signed char;

[[nodiscard]] inline Lanes load_lanes(const char* at) {
    Lanes lanes;
    std::memcpy(&lanes, at, sizeof lanes);
    return lanes;
}

// Negative in each lane that holds a byte above 127 or one of the kForbidden.
template <char... kForbidden>
[[nodiscard]] inline Lanes suspicious(Lanes lanes) {
    return (lanes | ... | (lanes == kForbidden));
}

[[nodiscard]] inline bool any_negative(Lanes lanes) {
    constexpr std::uint64_t kSigns = 0x8080'8080'8080'8080;
    std::array<std::uint64_t, 2> words{};
    static_assert(sizeof words == sizeof lanes);
    std::memcpy(words.data(), &lanes, sizeof lanes);
    return ((words[0] | words[1]) & kSigns) != 0;
}

template <char... kForbidden>
[[nodiscard]] inline bool plain_short_text(std::string_view text) {
    std::array<char, sizeof(Lanes)> padded;
    padded.fill('a');     // A byte that is never forbidden.
    if (!text.empty()) {  // Its data may be null then.
        std::memcpy(padded.data(), text.data(), text.size());
    }
    return !any_negative(suspicious<kForbidden...>(load_lanes(padded.data())));
}

// Whether all bytes are ASCII and none is one of the kForbidden. It does not stop at the first:
// text is plain nearly always, and a loop without a branch is the faster one.
template <char... kForbidden>
[[nodiscard]] inline bool plain_text(std::string_view text) {
    if (text.size() < sizeof(Lanes)) {
        return plain_short_text<kForbidden...>(text);
    }
    const char* const last = text.data() + (text.size() - sizeof(Lanes));
    Lanes found = suspicious<kForbidden...>(load_lanes(last));  // It may overlap the one before it.
    for (const char* at = text.data(); at < last; at += sizeof(Lanes)) {
        found |= suspicious<kForbidden...>(load_lanes(at));
    }
    return !any_negative(found);
}

}  // namespace twinstorm::mqtt
