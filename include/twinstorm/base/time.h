// Run time: every instant inside the program counts from the start of the run.
//
// Use:    functions take `now`; only base/real_clock.h reads a clock, only a loop calls it.
// Units:  nanoseconds. A bare number that leaves the program carries its unit in its name.
#pragma once

#include <chrono>
#include <cstdint>

namespace twinstorm {

using Duration = std::chrono::nanoseconds;

// The clock has no now() on purpose: time is an argument.
struct RunClock {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<RunClock, Duration>;
    static constexpr bool is_steady = true;
};

using TimePoint = RunClock::time_point;
using WallTime = std::chrono::sys_time<Duration>;

inline constexpr TimePoint kRunStart{};

// Ties run time to the calendar: tokens expire and events are stamped in wall time. The virtual
// world uses kVirtualEpoch, so that its results do not depend on the day they were made.
struct WallAnchor {
    WallTime at_start{};

    [[nodiscard]] WallTime at(TimePoint instant) const {
        return at_start + instant.time_since_epoch();
    }
};

inline constexpr WallTime kVirtualEpoch{std::chrono::seconds{1'767'225'600}};  // 2026-01-01, UTC.

[[nodiscard]] constexpr double to_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

[[nodiscard]] constexpr Duration from_seconds(double seconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace twinstorm
