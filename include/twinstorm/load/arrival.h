// When the n-th thing is meant to happen: pacing as a pure function, apart from all sending.
//
// Use:    the sender asks for due(n) and counts latency from it, however late it is itself.
// Units:  rate in things per second; instants in run time. At a rate of 0 nothing is ever due: the
//         instant is TimePoint::max().
#pragma once

#include <cstdint>

#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"

namespace twinstorm::load {

enum class ArrivalKind : std::uint8_t { kConstant, kPoisson };

// One stream of arrivals: constant spacing from a phase of its own, or exponential gaps.
// For constant arrivals due(n) = start + (n + offset) / rate without accumulated rounding, where
// the offset in [0, 1) is drawn from the seed, so that a thousand devices do not beat as one.
class Arrivals {
public:
    Arrivals(ArrivalKind kind, double rate, TimePoint start, std::uint64_t seed);

    [[nodiscard]] TimePoint next() const { return next_; }  // The intended instant.
    [[nodiscard]] std::uint64_t number() const { return number_; }
    void pop();

private:
    ArrivalKind kind_;
    double rate_;
    TimePoint start_;
    Random random_;
    double offset_ = 0;  // In intervals of 1 / rate: of arrival 0, or (Poisson) of this arrival.
    std::uint64_t number_ = 0;
    TimePoint next_;
};

// A ramp that starts `count` things at `rate`: the intended instant of number n.
[[nodiscard]] TimePoint ramp_instant(TimePoint start, double rate, std::uint64_t number);

// Exponential back-off with jitter: the wait before attempt 1, 2, ... after a failure. It doubles
// from `first` to `longest`.
struct Backoff {
    Duration first = std::chrono::seconds(1);
    Duration longest = std::chrono::seconds(30);  // Before jitter, which spreads it too.
    double jitter = 0.05;                         // Share of the wait, both ways.

    [[nodiscard]] Duration wait(std::uint32_t attempt, Random& random) const;
};

}  // namespace twinstorm::load
