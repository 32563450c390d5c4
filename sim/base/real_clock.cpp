#include "twinstorm/base/real_clock.h"

namespace twinstorm {

RealClock::RealClock()
    : start_(std::chrono::steady_clock::now()), anchor_{std::chrono::system_clock::now()} {}

TimePoint RealClock::now() const {
    return kRunStart + std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start_);
}

}  // namespace twinstorm
