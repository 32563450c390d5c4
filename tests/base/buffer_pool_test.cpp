#include "twinstorm/base/buffer_pool.h"

#include <gtest/gtest.h>

namespace twinstorm {
namespace {

TEST(BufferPool, GivesBackWhatItWasGivenEmptyButWarm) {
    BufferPool pool;
    Buffer buffer(100);
    const std::byte* const memory = buffer.data();
    pool.give(std::move(buffer));

    const Buffer again = pool.take();
    EXPECT_TRUE(again.empty());
    EXPECT_GE(again.capacity(), 100u);
    EXPECT_EQ(again.data(), memory);
}

TEST(BufferPool, KeepsNoHugeBuffer) {
    BufferPool pool;
    pool.give(Buffer(BufferPool::kSpareBytesMax + 1));
    EXPECT_EQ(pool.take().capacity(), 0u);
}

TEST(BufferPool, KeepsAtMostItsLimit) {
    BufferPool pool;
    for (std::size_t i = 0; i < BufferPool::kSpareMax + 10; ++i) {
        pool.give(Buffer(1));
    }
    std::size_t kept = 0;
    while (pool.take().capacity() > 0) {
        ++kept;
    }
    EXPECT_EQ(kept, BufferPool::kSpareMax);
}

}  // namespace
}  // namespace twinstorm
