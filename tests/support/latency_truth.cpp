#include "support/latency_truth.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include <fmt/format.h>

namespace twinstorm::test {
namespace {

constexpr double kNormalQuantile99 = 2.3263478740408408;
constexpr double kDeviations = 4;
constexpr double kBeyond = 3.2e-5;  // One side of a normal distribution at so many deviations.
constexpr int kCells = 50'000;      // Of the network's part, when it is added.

double normal_share(double z) {
    return std::erfc(-z / std::numbers::sqrt2) / 2;
}

// Of the sum of `count` exponentials of mean 1 (Erlang's distribution).
double erlang_share(unsigned count, double x) {
    double term = std::exp(-x);
    double above = term;
    for (unsigned i = 1; i < count; ++i) {
        term *= x / i;
        above += term;
    }
    return 1 - above;
}

}  // namespace

Shares constant(Duration value) {
    return [at = to_seconds(value)](double t) { return t >= at ? 1.0 : 0.0; };
}

Shares uniform(Duration min, Duration max) {
    return [low = to_seconds(min), high = to_seconds(max)](double t) {
        return std::clamp((t - low) / (high - low), 0.0, 1.0);
    };
}

Shares exponential(Duration mean) {
    return [mean_s = to_seconds(mean)](double t) { return t <= 0 ? 0 : 1 - std::exp(-t / mean_s); };
}

Shares lognormal(Duration p50, Duration p99) {
    const double median = to_seconds(p50);
    const double sigma = std::log(to_seconds(p99) / median) / kNormalQuantile99;
    return [median, sigma](double t) {
        return t <= 0 ? 0 : normal_share(std::log(t / median) / sigma);
    };
}

Shares bimodal(Duration fast, Duration slow, double slow_share) {
    return [low = to_seconds(fast), high = to_seconds(slow), slow_share](double t) {
        return t < low ? 0 : t < high ? 1 - slow_share : 1;
    };
}

Shares stall(Duration length, Duration window) {
    const double share = to_seconds(length) / to_seconds(window);
    return [longest = to_seconds(length), share](double t) {
        return t < 0 ? 0 : 1 - share * std::max(0.0, 1 - t / longest);
    };
}

LatencyTruth::LatencyTruth(Shares injected, Hops hops)
    : injected_(std::move(injected)), hops_(hops) {}

// The network's part in small cells, each with its weight.
double LatencyTruth::share_at_or_below(double seconds) const {
    const double rest = seconds - hops_.count * to_seconds(hops_.base);
    const double mean = to_seconds(hops_.mean);
    if (hops_.count == 0 || mean <= 0) {
        return injected_(rest);
    }
    const double cell = (40.0 + hops_.count) / kCells;
    double share = 0;
    double below = 0;
    for (int i = 1; i <= kCells; ++i) {
        const double upto = erlang_share(hops_.count, i * cell);
        share += (upto - below) * injected_(rest - (i - 0.5) * cell * mean);
        below = upto;
    }
    return share;
}

std::string disagreement(const LatencyTruth& truth, double quantile, Duration reported,
                         std::uint64_t samples, const Tolerance& tolerance) {
    const double value = to_seconds(reported);
    const double slack = value * tolerance.relative + to_seconds(tolerance.absolute);
    const double upper = truth.share_at_or_below(value + slack);
    const double lower = truth.share_at_or_below(value - slack);
    const auto n = static_cast<double>(samples);
    const double error = kDeviations * std::sqrt(quantile * (1 - quantile) / n);
    const bool largest = quantile >= 1;
    const bool too_small =
        largest ? n * (1 - upper) > -std::log(kBeyond) : upper < quantile - error;
    const bool too_large = largest ? n * (1 - lower) < kBeyond : lower > quantile + error;
    if (!too_small && !too_large) {
        return {};
    }
    return fmt::format(
        "the quantile {} of {} samples is {:.6f} s, too {}: in truth {:.6f} of them are at or "
        "below {:.6f} s, and {:.6f} at or below {:.6f} s",
        quantile, samples, value, too_small ? "small" : "large", lower, value - slack, upper,
        value + slack);
}

}  // namespace twinstorm::test
