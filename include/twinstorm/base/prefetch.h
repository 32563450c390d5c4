// Hints to the processor's cache, for what many objects are asked for at once: those of a hundred
// thousand devices are in no cache, and one look after the other would wait for memory each time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace twinstorm {

inline void prefetch(const void* object, std::size_t bytes) {
    constexpr std::size_t kLineBytes = 64;
    const char* const begin = static_cast<const char*>(object);
    const std::size_t into_line = reinterpret_cast<std::uintptr_t>(object) % kLineBytes;
    for (std::size_t at = 0; at < into_line + bytes; at += kLineBytes) {
        __builtin_prefetch(begin - into_line + at);
    }
}

}  // namespace twinstorm
