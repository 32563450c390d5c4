// What latencies must look like when the hub injects a known distribution: computed from its
// formula and the network's, with nothing of the program under test.
//
// Use:    LatencyTruth truth(lognormal(5ms, 80ms), {4, 200us, 100us});
//         disagreement(truth, 0.99, reported, samples, tolerance) says what is wrong, or nothing.
// Units:  seconds, as plain numbers: this is mathematics.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "twinstorm/base/time.h"

namespace twinstorm::test {

// The share of latencies at or below so many seconds.
using Shares = std::function<double(double seconds)>;

[[nodiscard]] Shares constant(Duration value);
[[nodiscard]] Shares uniform(Duration min, Duration max);
[[nodiscard]] Shares exponential(Duration mean);
[[nodiscard]] Shares lognormal(Duration p50, Duration p99);
[[nodiscard]] Shares bimodal(Duration fast, Duration slow, double slow_share);
// A server that stands still for `length` once in `window`, under an even load: what is meant for
// that time waits for its end.
[[nodiscard]] Shares stall(Duration length, Duration window);

// The way there and back: so many hops, each of `base` and an exponential part.
struct Hops {
    unsigned count = 0;
    Duration base{};
    Duration mean{};
};

class LatencyTruth {
public:
    LatencyTruth(Shares injected, Hops hops);

    [[nodiscard]] double share_at_or_below(double seconds) const;  // Of injected and network.

private:
    Shares injected_;
    Hops hops_;
};

struct Tolerance {
    double relative = 0;
    Duration absolute{};
};

// Empty when the reported quantile (1: the maximum) agrees. The number of n independent samples at
// or below the true p-quantile is binomial, so with four standard deviations the reported value v
// has p - s <= F(v) <= p + s, where s = 4 sqrt(p (1 - p) / n); of the maximum, n (1 - F(v)) is
// exponential with mean 1. Each side is tried with v moved by the tolerance.
[[nodiscard]] std::string disagreement(const LatencyTruth& truth, double quantile,
                                       Duration reported, std::uint64_t samples,
                                       const Tolerance& tolerance);

}  // namespace twinstorm::test
