#include "support/allocations.h"

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t count = 0;
thread_local std::int64_t bytes = 0;

// Out of line, or GCC sees malloc() meet operator delete and warns of a mismatch.
[[gnu::noinline]] void* allocate(std::size_t size) {
    ++count;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        bytes += static_cast<std::int64_t>(malloc_usable_size(memory));
        return memory;
    }
    throw std::bad_alloc();
}

[[gnu::noinline]] void release(void* memory) {
    bytes -= memory == nullptr ? 0 : static_cast<std::int64_t>(malloc_usable_size(memory));
    std::free(memory);
}

}  // namespace

std::uint64_t twinstorm::support::allocations() {
    return count;
}

std::int64_t twinstorm::support::allocated_bytes() {
    return bytes;
}

// The array forms come down to these, and so does the nothrow form but for a sanitizer, which has
// one of its own.
void* operator new(std::size_t size) {
    return allocate(size);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    void* const memory = std::malloc(std::max<std::size_t>(size, 1));
    bytes += memory == nullptr ? 0 : static_cast<std::int64_t>(malloc_usable_size(memory));
    return memory;
}

void operator delete(void* memory) noexcept {
    release(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}
