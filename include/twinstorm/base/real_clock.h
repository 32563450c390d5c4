// The one place that reads the machine's clocks.
//
// Owner:  one per process; made before the first worker. Threads: now() and wall() from any.
#pragma once

#include "twinstorm/base/time.h"

namespace twinstorm {

class RealClock {
public:
    RealClock();

    [[nodiscard]] TimePoint now() const;       // Steady, since construction.
    void wait_until(TimePoint instant) const;  // The calling thread; not at all when it has passed.
    [[nodiscard]] WallAnchor anchor() const { return anchor_; }

    [[nodiscard]] static Duration thread_cpu_time();  // Of the calling thread.

private:
    std::chrono::steady_clock::time_point start_;
    WallAnchor anchor_;
};

}  // namespace twinstorm
