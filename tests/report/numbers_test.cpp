#include "report/numbers.h"

#include <gtest/gtest.h>

#include <limits>

namespace twinstorm::report {
namespace {

stats::GateResult gate(double actual, double limit, std::string unit, bool passed) {
    stats::GateResult result;
    result.actual = actual;
    result.limit = limit;
    result.unit = std::move(unit);
    result.passed = passed;
    return result;
}

TEST(Numbers, LatenciesKeepThreeDigitsAndChangeUnitInTime) {
    EXPECT_EQ(latency_text(0), "0 µs");
    EXPECT_EQ(latency_text(870), "870 µs");
    EXPECT_EQ(latency_text(12.34), "12.3 µs");
    EXPECT_EQ(latency_text(999.4), "999 µs");
    EXPECT_EQ(latency_text(999.6), "1.00 ms");
    EXPECT_EQ(latency_text(12'340), "12.3 ms");
    EXPECT_EQ(latency_text(999'400), "999 ms");
    EXPECT_EQ(latency_text(999'600), "1.00 s");
    EXPECT_EQ(latency_text(15'600'000), "15.6 s");
    EXPECT_EQ(latency_text(250'000'000), "4 min 10 s");
}

TEST(Numbers, SecondsGrowIntoMinutesAndHours) {
    EXPECT_EQ(seconds_text(0.04), "0.04 s");
    EXPECT_EQ(seconds_text(40.25), "40.2 s");
    EXPECT_EQ(seconds_text(250), "4 min 10 s");
    EXPECT_EQ(seconds_text(86'400), "24 h 0 min");
}

TEST(Numbers, AShareBelowOneNeverReadsAsAll) {
    EXPECT_EQ(share_text(1), "100 %");
    EXPECT_EQ(share_text(0.99999), "99.99 %");
    EXPECT_EQ(share_text(0.9995), "99.95 %");
    EXPECT_EQ(share_text(0.975), "97.5 %");
    EXPECT_EQ(share_text(0), "0 %");
}

TEST(Numbers, RatesNeedADuration) {
    EXPECT_EQ(rate_text(40'000, 20), "2,000/s");
    EXPECT_EQ(rate_text(3, 0), kNone);
}

TEST(Numbers, QuantilesOfNothingAreNoNumber) {
    stats::Histogram samples;
    EXPECT_EQ(quantile_text(samples, 0.99), kNone);
    samples.record(std::uint64_t{500});
    EXPECT_EQ(quantile_text(samples, 0.99), "500 µs");
}

TEST(Numbers, GatesSayHowFarFromTheirLimit) {
    EXPECT_EQ(gate_text(gate(410, 500, "ms", true)).margin, "18 % to spare");
    EXPECT_EQ(gate_text(gate(612.3, 500, "ms", false)).margin, "22.5 % over the limit");
    EXPECT_EQ(gate_text(gate(900, 950, "/s", false)).margin, "5.26 % under the limit");
    EXPECT_EQ(gate_text(gate(0, 0, "", true)).margin, "exactly as required");
    EXPECT_EQ(gate_text(gate(3, 0, "", false)).margin, "3 off");
    EXPECT_EQ(gate_text(gate(500, 500, "ms", false)).margin,
              "exactly at the limit, which does not meet it");
    EXPECT_EQ(gate_text(gate(612.3, 500, "ms", false)).actual, "612 ms");
    EXPECT_EQ(gate_text(gate(900, 950, "/s", false)).limit, "950/s");
}

TEST(Numbers, AMissedLimitNeverLooksMetByRounding) {
    const GateText text = gate_text(gate(500.04, 500, "ms", false));
    EXPECT_EQ(text.actual, "500.04 ms");
    EXPECT_EQ(text.limit, "500 ms");
    EXPECT_EQ(text.margin, "under 0.1 % over the limit");
}

TEST(Numbers, AGateWithoutAValueGivesItsReason) {
    stats::GateResult silent = gate(0, 30, "s", false);
    silent.actual.reset();
    EXPECT_EQ(gate_text(silent).actual, kNone);
    EXPECT_EQ(gate_text(silent).margin, "no samples");
    silent.why = "the phase was skipped";
    EXPECT_EQ(gate_text(silent).margin, "the phase was skipped");
}

TEST(Numbers, CompactNumbersAreJson) {
    EXPECT_EQ(compact_number(12'345.6), "12346");
    EXPECT_EQ(compact_number(12.34), "12.3");
    EXPECT_EQ(compact_number(1.5), "1.5");
    EXPECT_EQ(compact_number(0.013), "0.013");
    EXPECT_EQ(compact_number(99.99), "100");
    EXPECT_EQ(compact_number(0.00001), "0");
    EXPECT_EQ(compact_number(std::numeric_limits<double>::infinity()), "null");
    EXPECT_EQ(compact_number(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(Numbers, ASharesSecondIsTheFirstThatReachesIt) {
    stats::ConvergenceCurve curve;
    EXPECT_EQ(second_at_share(curve, 0.5), std::nullopt);
    curve.agents = 3;
    curve.points = {{0.1, 1}, {0.2, 2}, {0.5, 3}};
    EXPECT_EQ(second_at_share(curve, 0.5), 0.2);  // One and a half agents are two.
    EXPECT_EQ(second_at_share(curve, 1.0), 0.5);
    curve.agents = 4;
    EXPECT_EQ(second_at_share(curve, 1.0), std::nullopt);
}

}  // namespace
}  // namespace twinstorm::report
