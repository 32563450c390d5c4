// Spare byte buffers of one worker, so that an idle connection owns none.
//
// Use:    take() on the first byte to send; give back once the bytes are on their way.
// Owner:  one worker; never shared. Limits: keeps kSpareMax buffers, none over kSpareBytesMax.
#pragma once

#include <cstddef>
#include <vector>

namespace twinstorm {

using Buffer = std::vector<std::byte>;

class BufferPool {
public:
    static constexpr std::size_t kSpareMax = 256;
    static constexpr std::size_t kSpareBytesMax = std::size_t{1} << 20;

    [[nodiscard]] Buffer take();
    void give(Buffer buffer);

private:
    std::vector<Buffer> spare_;
};

}  // namespace twinstorm
