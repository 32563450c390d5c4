// Who proves others must be proved: the truth against sums that are known by heart, and that a
// wrong report is found out.
#include "support/latency_truth.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "twinstorm/base/seed.h"

namespace twinstorm::test {
namespace {

using namespace std::chrono_literals;

constexpr Hops kNone{};
constexpr Tolerance kTolerance{0.01, 100us};

TEST(LatencyTruth, HasTheQuantilesOfItsFormula) {
    EXPECT_NEAR(LatencyTruth(lognormal(5ms, 80ms), kNone).share_at_or_below(0.005), 0.5, 1e-12);
    EXPECT_NEAR(LatencyTruth(lognormal(5ms, 80ms), kNone).share_at_or_below(0.080), 0.99, 1e-12);
    EXPECT_NEAR(LatencyTruth(exponential(10ms), kNone).share_at_or_below(0.010), 1 - std::exp(-1),
                1e-12);
    EXPECT_NEAR(LatencyTruth(uniform(10ms, 30ms), kNone).share_at_or_below(0.015), 0.25, 1e-12);
    EXPECT_EQ(LatencyTruth(bimodal(2ms, 150ms, 0.05), kNone).share_at_or_below(0.1), 0.95);
    EXPECT_NEAR(LatencyTruth(stall(1s, 20s), kNone).share_at_or_below(0.8), 0.99, 1e-12);
    EXPECT_EQ(LatencyTruth(stall(1s, 20s), kNone).share_at_or_below(1), 1);
}

// Hops of which the exponential parts sum up: Erlang's distribution has its mean there.
TEST(LatencyTruth, AddsTheNetwork) {
    const LatencyTruth two(constant(20ms), {2, 200us, 100us});
    EXPECT_EQ(two.share_at_or_below(0.0203), 0);
    EXPECT_NEAR(two.share_at_or_below(0.0206), 1 - 3 * std::exp(-2), 1e-3);
    EXPECT_NEAR(two.share_at_or_below(0.03), 1, 1e-9);
    const LatencyTruth smooth(exponential(1ms), {1, 0us, 1ms});
    EXPECT_NEAR(smooth.share_at_or_below(0.002), 1 - 3 * std::exp(-2), 1e-6)
        << "an exponential and another one are Erlang's, too";
}

TEST(LatencyTruth, BelievesSamplesOfItself) {
    const LatencyTruth truth(exponential(10ms), kNone);
    Random random(3);
    std::vector<double> drawn;
    for (int i = 0; i < 20'000; ++i) {
        drawn.push_back(0.01 * random.exponential());
    }
    std::sort(drawn.begin(), drawn.end());
    for (const double quantile : {0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto rank = static_cast<std::size_t>(quantile * 20'000);
        EXPECT_EQ(disagreement(truth, quantile, from_seconds(drawn[rank - 1]), 20'000, kTolerance),
                  "");
    }
}

TEST(LatencyTruth, FindsOutReportsThatAreOff) {
    const LatencyTruth truth(exponential(10ms), kNone);
    const auto exact = [](double quantile) { return -0.01 * std::log(1 - quantile); };
    for (const double quantile : {0.5, 0.9, 0.99}) {
        const auto said = [&](double factor) {
            return disagreement(truth, quantile, from_seconds(exact(quantile) * factor), 100'000,
                                kTolerance);
        };
        EXPECT_EQ(said(1), "");
        EXPECT_NE(said(1.08).find("too large"), std::string::npos) << quantile;
        EXPECT_NE(said(0.92).find("too small"), std::string::npos) << quantile;
    }
    EXPECT_NE(disagreement(truth, 1, 50ms, 100'000, kTolerance).find("too small"),
              std::string::npos);
    EXPECT_NE(disagreement(truth, 1, 500ms, 100'000, kTolerance).find("too large"),
              std::string::npos);
}

}  // namespace
}  // namespace twinstorm::test
