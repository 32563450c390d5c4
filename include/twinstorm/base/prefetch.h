// Hints to the processor's cache, for what many objects are asked for at once: those of a hundred
// thousand devices are in no cache, and one look after the other would wait for memory each time.
#pragma once

#include <cstddef>

namespace twinstorm {

inline void prefetch(const void* object, std::size_t bytes) {
    constexpr std::size_t kLineBytes = 64;
    for (std::size_t at = 0; at < bytes; at += kLineBytes) {
        __builtin_prefetch(static_cast<const char*>(object) + at);
    }
}

}  // namespace twinstorm
