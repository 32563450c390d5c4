// Texts that came with a twin and go back out in messages: as long as the hub lets a twin's text
// be, and no longer.
#pragma once

#include <cstddef>
#include <string_view>

namespace twinstorm::agent {

inline constexpr std::size_t kForeignTextBytesMax = 4096;

// Cut between characters of UTF-8.
[[nodiscard]] inline std::string_view clipped(std::string_view text) {
    if (text.size() <= kForeignTextBytesMax) {
        return text;
    }
    std::size_t size = kForeignTextBytesMax;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
        --size;
    }
    return text.substr(0, size);
}

}  // namespace twinstorm::agent
