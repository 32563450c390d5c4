// Hints to the processor's cache, for what many objects are asked for at once: those of a hundred
// thousand devices are in no cache, and one look after the other would wait for memory each time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace twinstorm {

inline void prefetch(const void* object, std::size_t bytes) {
    constexpr std::uintptr_t kLineBytes = 64;
    const auto begin = reinterpret_cast<std::uintptr_t>(object);
    for (std::uintptr_t line = begin & ~(kLineBytes - 1); line < begin + bytes;
         line += kLineBytes) {
        __builtin_prefetch(reinterpret_cast<const void*>(line));
    }
}

}  // namespace twinstorm
