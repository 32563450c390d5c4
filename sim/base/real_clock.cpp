#include "twinstorm/base/real_clock.h"

#include <ctime>

namespace twinstorm {

RealClock::RealClock()
    : start_(std::chrono::steady_clock::now()), anchor_{std::chrono::system_clock::now()} {}

TimePoint RealClock::now() const {
    return kRunStart +
           std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_);
}

Duration RealClock::thread_cpu_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace twinstorm
