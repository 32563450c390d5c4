#include "twinstorm/plan/gate.h"

#include <gtest/gtest.h>

namespace twinstorm::plan {
namespace {

std::string mistake(std::string_view expression) {
    const auto gate = parse_gate(expression);
    return gate ? "no mistake" : gate.error().detail;
}

TEST(Gate, TakesAPercentileAndADuration) {
    const auto gate = parse_gate("  twin_update.round_trip.p99 < 500ms ");
    ASSERT_TRUE(gate);
    EXPECT_EQ(gate->expression, "twin_update.round_trip.p99 < 500ms");
    EXPECT_EQ(gate->subject, "twin_update.round_trip.p99");
    EXPECT_EQ(gate->comparison, Comparison::kLess);
    EXPECT_DOUBLE_EQ(gate->limit, 500'000);
    EXPECT_EQ(gate->unit, "ms");
}

TEST(Gate, TakesCountsAndRates) {
    const auto rate = parse_gate("security_message.acked.rate >= 60/m");
    ASSERT_TRUE(rate);
    EXPECT_DOUBLE_EQ(rate->limit, 1);
    EXPECT_EQ(rate->unit, "/m");
    EXPECT_EQ(rate->comparison, Comparison::kGreaterOrEqual);

    const auto count = parse_gate("security_message.lost==0");
    ASSERT_TRUE(count);
    EXPECT_EQ(count->comparison, Comparison::kEqual);
    EXPECT_EQ(count->unit, "");

    EXPECT_TRUE(parse_gate("connect.count > 10"));
    EXPECT_TRUE(parse_gate("convergence.p50 <= 1.5s"));
    EXPECT_TRUE(parse_gate("loop_lag.mean < 1ms"));
}

TEST(Gate, TakesTheShareOfThreatsConfirmed) {
    const auto gate = parse_gate("playbooks.confirmed == 100%");
    ASSERT_TRUE(gate);
    EXPECT_DOUBLE_EQ(gate->limit, 1);
    EXPECT_EQ(gate->unit, "%");
    EXPECT_NE(mistake("playbooks.confirmed == 1"), "no mistake");
    EXPECT_EQ(mistake("playbook.confirmed == 100%"),
              "unknown name `playbook.confirmed`; the nearest known one is `playbooks.confirmed`");
}

TEST(Gate, TakesAnyPercentile) {
    for (const char* right : {"p1", "p75", "p99", "p999", "p99.9", "p9999", "p0.1", "max", "min"}) {
        EXPECT_TRUE(parse_gate(std::string("connect.") + right + " < 1s")) << right;
    }
    for (const char* wrong :
         {"p", "p0", "p100", "p100.0", "p99.", "px", "p-1", "p9x", "99", "P99", "p9999999999999"}) {
        EXPECT_FALSE(parse_gate(std::string("connect.") + wrong + " < 1s")) << wrong;
    }
}

TEST(Gate, NamesTheNearestKnownName) {
    EXPECT_EQ(mistake("twin_update.roundtrip.p99 < 1s"),
              "unknown name `twin_update.roundtrip.p99`; the nearest known one is "
              "`twin_update.round_trip.p99`");
    EXPECT_EQ(mistake("security_mesage.acked.rate > 1/s"),
              "unknown name `security_mesage.acked.rate`; the nearest known one is "
              "`security_message.acked.rate`");
    EXPECT_EQ(mistake("connect < 1s"), "`connect` needs a statistic, as in `connect.p99`");
    EXPECT_EQ(mistake("connect.median < 1s"),
              "`median` is no statistic of `connect`; expected one of `min`, `mean`, `p50`, `p90`, "
              "`p99`, `p999`, `p9999`, `max`, `count`, or another percentile");
    EXPECT_EQ(
        mistake("security_message.lost.rate < 1/s"),
        "`security_message.lost` has no rate, since it is only known at a run's end; expected "
        "`security_message.lost` itself");
}

TEST(Gate, ExplainsOperatorsAndUnits) {
    EXPECT_EQ(mistake("connect.p99 = 1s"),
              "unknown operator `=`; expected one of `<`, `<=`, `>`, `>=`, `==`");
    EXPECT_EQ(mistake("connect.p99 != 1s"),
              "unknown operator `!=`; expected one of `<`, `<=`, `>`, `>=`, `==`");
    EXPECT_EQ(mistake("connect.p99"),
              "`connect.p99` compares nothing; expected a form such as `connect.p99 < 500ms`");
    EXPECT_EQ(mistake("connect.p99 < 1"), "`1` is not a duration; expected a form such as `250ms`");
    EXPECT_EQ(mistake("security_message.acked.rate > 950"),
              "`950` is not a rate; expected a form such as `100/s`");
    EXPECT_EQ(mistake("security_message.lost == 0ms"),
              "`0ms` is not a plain number; expected a form such as `0`");
    EXPECT_EQ(mistake("connect.count == many"),
              "`many` is not a plain number; expected a form such as `0`");
    for (const char* wrong : {"", "<", "< 1s", "connect.p99 <", "connect.count == -1", "a < b < c",
                              "connect.count == nan", "connect.count == inf", ". < 1", "..p99 < 1s",
                              "connect..p99 < 1s"}) {
        EXPECT_FALSE(parse_gate(wrong)) << wrong;
    }
    EXPECT_FALSE(parse_gate("connect.p99 < " + std::string(1000, '1') + "s"));
}

}  // namespace
}  // namespace twinstorm::plan
