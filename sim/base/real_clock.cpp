#include "twinstorm/base/real_clock.h"

#include <cerrno>
#include <ctime>

namespace twinstorm {

RealClock::RealClock()
    : start_(std::chrono::steady_clock::now()), anchor_{std::chrono::system_clock::now()} {}

TimePoint RealClock::now() const {
    return kRunStart +
           std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_);
}

void RealClock::wait_until(TimePoint instant) const {
    const auto at = start_.time_since_epoch() + (instant - kRunStart);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at);
    const timespec deadline{seconds.count(), (at - seconds).count()};
    // The steady clock is Linux's monotonic one. A signal ends a wait early: it goes on.
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr) == EINTR) {
    }
}

Duration RealClock::thread_cpu_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace twinstorm
