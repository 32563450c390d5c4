#include <gtest/gtest.h>

#include "twinstorm/plan/gate.h"

namespace twinstorm::plan {
namespace {

using stats::Counter;
using stats::Metric;
using stats::RunResult;
using stats::Verdict;

stats::GateResult judged(std::string_view expression, const RunResult& result) {
    return evaluate(parse_gate(expression).value(), result);
}

RunResult with_latencies(Metric metric, std::uint64_t count) {
    RunResult result;
    for (std::uint64_t value = 1; value <= count; ++value) {
        result.totals[metric].record(value * 1'000);
    }
    return result;
}

// The roll-out of 1,000 agents, of which so many confirmed after 1, 2, 3 ... ms.
RunResult rolled_out(std::uint64_t confirmed) {
    RunResult result = with_latencies(Metric::kConvergence, confirmed);
    result.convergence.push_back({"rollout", 1'000, confirmed, {}});
    return result;
}

TEST(GateEvaluation, ComparesPercentilesInTheLimitsUnit) {
    const RunResult result = with_latencies(Metric::kConnect, 100);
    const auto gate = judged("connect.p99 <= 100ms", result);
    EXPECT_TRUE(gate.passed);
    EXPECT_EQ(gate.metric, "connect.p99");
    EXPECT_NEAR(gate.actual.value(), 99, 0.1);
    EXPECT_DOUBLE_EQ(gate.limit, 100);
    EXPECT_EQ(gate.unit, "ms");
    EXPECT_EQ(gate.expression, "connect.p99 <= 100ms");
    EXPECT_FALSE(judged("connect.p99 < 0.05s", result).passed);
    EXPECT_NEAR(judged("connect.max < 1s", result).actual.value(), 0.1, 1e-4);
    EXPECT_NEAR(judged("connect.mean < 1s", result).actual.value(), 0.0505, 1e-4);
    EXPECT_TRUE(judged("connect.min <= 1ms", result).passed);
    EXPECT_TRUE(judged("connect.count == 100", result).passed);
}

TEST(GateEvaluation, ComparesTheShareOfThreatsConfirmed) {
    RunResult result;
    EXPECT_EQ(judged("playbooks.confirmed == 100%", result).why, "no samples");
    result.playbooks.resize(2);
    result.playbooks[0].devices = 30;
    result.playbooks[0].devices_confirmed = 30;
    result.playbooks[1].devices = 10;
    EXPECT_EQ(judged("playbooks.confirmed == 100%", result).why, "only a mock hub can tell");
    result.playbooks[1].devices_confirmed = 9;
    const auto gate = judged("playbooks.confirmed >= 98%", result);
    EXPECT_FALSE(gate.passed);
    EXPECT_DOUBLE_EQ(gate.actual.value(), 97.5);
    EXPECT_DOUBLE_EQ(gate.limit, 98);
    EXPECT_EQ(gate.unit, "%");
    result.playbooks[1].devices_confirmed = 10;
    EXPECT_TRUE(judged("playbooks.confirmed == 100%", result).passed);
    result.playbooks.emplace_back().playbook = "usb-connection";
    EXPECT_EQ(judged("playbooks.confirmed == 100%", result).why,
              "usb-connection was played nowhere");
}

TEST(GateEvaluation, KnowsAllOperators) {
    const RunResult result = with_latencies(Metric::kConnect, 10);
    for (const auto& [expression, passed] :
         std::initializer_list<std::pair<const char*, bool>>{{"connect.count < 10", false},
                                                             {"connect.count <= 10", true},
                                                             {"connect.count > 10", false},
                                                             {"connect.count >= 10", true},
                                                             {"connect.count == 10", true},
                                                             {"connect.count < 11", true},
                                                             {"connect.count > 9", true},
                                                             {"connect.count == 9", false}}) {
        EXPECT_EQ(judged(expression, result).passed, passed) << expression;
    }
}

TEST(GateEvaluation, FailsWithoutSamples) {
    for (const char* expression : {"connect.p99 < 1s", "connect.max < 1s", "connect.count == 0",
                                   "convergence.p99 < 1s", "convergence.min < 1s"}) {
        const auto gate = judged(expression, RunResult());
        EXPECT_FALSE(gate.passed) << expression;
        EXPECT_FALSE(gate.actual) << expression;
        EXPECT_EQ(gate.why, "no samples") << expression;
    }
}

TEST(GateEvaluation, CountsTheWholeRunAndRatesTheMeasuredPart) {
    RunResult result;
    result.totals.counts[Counter::kSecurityMessageAcked] = 5'000;
    result.totals.measured[Counter::kSecurityMessageAcked] = 2'000;
    EXPECT_EQ(judged("security_message.acked.rate > 0/s", result).why, "no measured phase");
    result.measured_s = 4;
    EXPECT_TRUE(judged("security_message.acked == 5000", result).passed);
    EXPECT_TRUE(judged("security_message.acked.rate == 500/s", result).passed);
    EXPECT_DOUBLE_EQ(judged("security_message.acked.rate > 1/m", result).actual.value(), 30'000);
}

TEST(GateEvaluation, AsksTheHubsBooksForLossAndDuplicates) {
    RunResult result;
    result.messages.offered = 10;
    for (const char* expression :
         {"security_message.lost == 0", "security_message.duplicated == 0"}) {
        const auto gate = judged(expression, result);
        EXPECT_FALSE(gate.passed);
        EXPECT_EQ(gate.why, "only a mock hub can tell");
    }
    result.messages.lost = 0;
    result.messages.hub_duplicated = 3;
    EXPECT_TRUE(judged("security_message.lost == 0", result).passed);
    EXPECT_EQ(judged("security_message.duplicated == 0", result).actual, 3);
    result.messages.offered = 0;
    EXPECT_EQ(judged("security_message.lost == 0", result).why, "no samples")
        << "nothing sent proves nothing";
}

TEST(GateEvaluation, TakesThrottlesFromTheHub) {
    RunResult result;
    EXPECT_EQ(judged("throttle.refused == 0", result).why, "only a mock hub can tell");
    result.limits.emplace();
    EXPECT_TRUE(judged("throttle.refused == 0", result).passed);
    result.totals.counts[stats::Counter::kThrottleDelayed] = 12;
    EXPECT_EQ(judged("throttle.delayed == 0", result).actual, 12);
    EXPECT_FALSE(parse_gate("throttle.delayed.rate < 1/s"));
}

TEST(GateEvaluation, TakesConvergenceOverTheWholeFleet) {
    const auto all = judged("convergence.p99 < 1s", rolled_out(1'000));
    EXPECT_TRUE(all.passed);
    EXPECT_NEAR(all.actual.value(), 0.990, 1e-3);
    EXPECT_NEAR(judged("convergence.max < 2s", rolled_out(1'000)).actual.value(), 1, 1e-3);

    // The 500 that confirmed are half the fleet: the last of them is the median of all.
    EXPECT_NEAR(judged("convergence.p50 < 1s", rolled_out(500)).actual.value(), 0.5, 1e-3);
    EXPECT_TRUE(judged("convergence.p99 < 1s", rolled_out(990)).passed);

    const auto few = judged("convergence.p99 < 1s", rolled_out(989));
    EXPECT_FALSE(few.passed);
    EXPECT_FALSE(few.actual);
    EXPECT_EQ(few.why, "not converged: 989 of 1000 agents confirmed, and p99 needs 990");
    EXPECT_EQ(judged("convergence.max < 1s", rolled_out(999)).why,
              "not converged: 999 of 1000 agents confirmed, and max needs 1000");
    EXPECT_EQ(judged("convergence.mean < 1s", rolled_out(999)).why,
              "not converged: 999 of 1000 agents confirmed, and mean needs 1000");
    EXPECT_EQ(judged("convergence.p50 < 1s", rolled_out(0)).why,
              "not converged: 0 of 1000 agents confirmed, and p50 needs 500");
    EXPECT_TRUE(judged("convergence.count == 999", rolled_out(999)).passed);
}

TEST(GateEvaluation, WaitsForNoAgentOfAnUnmeasuredRollOut) {
    RunResult result = rolled_out(1'000);
    result.convergence.push_back({"rehearsal", 1'000, 1'000, {}});
    EXPECT_FALSE(judged("convergence.p99 < 1s", result).passed);
    stats::TimelineRow row;
    row.phase = "rehearsal";
    row.measured = false;
    result.timeline.push_back(row);
    row.phase = "rollout";
    row.measured = true;
    result.timeline.push_back(row);
    EXPECT_TRUE(judged("convergence.p99 < 1s", result).passed);
}

TEST(Judge, DecidesTheVerdict) {
    const std::vector<Gate> gates{parse_gate("connect.p99 < 1s").value(),
                                  parse_gate("connect.p50 < 50ms").value()};
    RunResult result = with_latencies(Metric::kConnect, 10);
    judge(gates, result);
    EXPECT_EQ(result.verdict, Verdict::kPassed);
    EXPECT_EQ(result.gates.size(), 2u);

    judge({parse_gate("connect.p99 < 1ms").value()}, result);
    EXPECT_EQ(result.verdict, Verdict::kFailed);
    EXPECT_EQ(result.gates.size(), 1u) << "gates are replaced";

    judge(gates, result);
    EXPECT_EQ(result.verdict, Verdict::kPassed) << "an old verdict does not stick";
}

TEST(Judge, PassesWithoutGates) {
    RunResult result;
    judge({}, result);
    EXPECT_EQ(result.verdict, Verdict::kPassed);
    EXPECT_TRUE(result.gates.empty());
}

TEST(Judge, KeepsInterruptedAndInvalid) {
    const std::vector<Gate> failing{parse_gate("connect.p99 < 1s").value()};
    RunResult interrupted;
    interrupted.verdict = Verdict::kInterrupted;
    interrupted.validity.valid = false;
    judge(failing, interrupted);
    EXPECT_EQ(interrupted.verdict, Verdict::kInterrupted);
    EXPECT_EQ(interrupted.gates.size(), 1u);

    RunResult invalid;
    invalid.validity.valid = false;
    judge(failing, invalid);
    EXPECT_EQ(invalid.verdict, Verdict::kInvalid);
    judge({}, invalid);
    EXPECT_EQ(invalid.verdict, Verdict::kInvalid);
}

}  // namespace
}  // namespace twinstorm::plan
