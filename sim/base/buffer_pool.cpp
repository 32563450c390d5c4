#include "twinstorm/base/buffer_pool.h"

#include <utility>

namespace twinstorm {

Buffer BufferPool::take() {
    if (spare_.empty()) {
        return {};
    }
    Buffer buffer = std::move(spare_.back());
    spare_.pop_back();
    return buffer;
}

void BufferPool::give(Buffer buffer) {
    if (spare_.size() >= kSpareMax || buffer.capacity() == 0 ||
        buffer.capacity() > kSpareBytesMax) {
        return;
    }
    buffer.clear();
    spare_.push_back(std::move(buffer));
}

}  // namespace twinstorm
