#include "twinstorm/load/arrival.h"

#include <algorithm>
#include <cmath>

#include "twinstorm/base/check.h"

namespace twinstorm::load {
namespace {

constexpr std::uint32_t kDoublingsMax = 62;  // A nanosecond doubled so often is 146 years.

// The instant at which `position` intervals of 1 / rate have passed. Always counted from the start,
// so that no rounding adds up; what lies beyond run time's range, or has no rate, never comes.
TimePoint instant_at(TimePoint start, double rate, double position) {
    const double nanoseconds = std::round(position / rate * 1e9);
    const auto room = static_cast<double>((TimePoint::max() - std::max(start, kRunStart)).count());
    if (!(nanoseconds < room)) {  // Also when it is no number: 0 / 0.
        return TimePoint::max();
    }
    return start + Duration(static_cast<Duration::rep>(nanoseconds));
}

}  // namespace

Arrivals::Arrivals(ArrivalKind kind, double rate, TimePoint start, std::uint64_t seed)
    : kind_(kind), rate_(rate), start_(start), random_(seed) {
    TWINSTORM_CHECK(rate >= 0);
    offset_ = kind == ArrivalKind::kConstant ? random_.unit() : random_.exponential();
    next_ = instant_at(start_, rate_, offset_);
}

void Arrivals::pop() {
    ++number_;
    if (kind_ == ArrivalKind::kConstant) {
        next_ = instant_at(start_, rate_, static_cast<double>(number_) + offset_);
    } else {
        offset_ += random_.exponential();
        next_ = instant_at(start_, rate_, offset_);
    }
}

TimePoint ramp_instant(TimePoint start, double rate, std::uint64_t number) {
    TWINSTORM_CHECK(rate >= 0);
    return instant_at(start, rate, static_cast<double>(number));
}

Duration Backoff::wait(std::uint32_t attempt, Random& random) const {
    TWINSTORM_CHECK(attempt >= 1);
    const std::uint32_t doublings = std::min(attempt - 1, kDoublingsMax);
    const double doubled = static_cast<double>(first.count()) * std::exp2(doublings);
    const double capped = std::min(doubled, static_cast<double>(longest.count()));
    // After the cap, or a fleet that waits the longest would come back as one wave.
    const double factor = 1 + jitter * (2 * random.unit() - 1);
    return Duration(static_cast<Duration::rep>(std::round(capped * factor)));
}

}  // namespace twinstorm::load
