#include "support/allocations.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t count = 0;

// Out of line, or GCC sees malloc() meet operator delete and warns of a mismatch.
[[gnu::noinline]] void* allocate(std::size_t size) {
    ++count;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}

[[gnu::noinline]] void release(void* memory) {
    std::free(memory);
}

}  // namespace

std::uint64_t twinstorm::support::allocations() {
    return count;
}

// The array forms come down to these, and so does the nothrow form but for a sanitizer, which has
// one of its own.
void* operator new(std::size_t size) {
    return allocate(size);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(std::max<std::size_t>(size, 1));
}

void operator delete(void* memory) noexcept {
    release(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}
