#include "run/validity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinstorm::run {
namespace {

using stats::Counter;
using stats::Metric;

plan::Plan plan_with(plan::SecurityLoad load) {
    plan::Plan plan;
    plan.groups.resize(1);
    plan.groups[0].devices = 10;
    plan.groups[0].security_messages = load;
    return plan;
}

stats::RunResult sound_result() {
    stats::RunResult result;
    result.totals[Metric::kLoopLag].record(100, 10'000);
    result.totals.counts[Counter::kSecurityMessageOffered] = 10'000;
    result.messages.offered = 10'000;
    result.messages.acked = 10'000;
    for (std::uint32_t second = 0; second < 20; ++second) {
        stats::TimelineRow& row = result.timeline.emplace_back();
        row.second = second;
        row.measured = true;
        row.fleet_cpu_share = 0.5;
    }
    return result;
}

HarnessFacts facts() {
    HarnessFacts facts;
    facts.messages_expected = 10'000;
    return facts;
}

TEST(Validity, ASoundRunIsValid) {
    const auto validity = judge_validity(sound_result(), plan_with(plan::OpenLoad{}), facts());
    EXPECT_TRUE(validity.valid);
    EXPECT_TRUE(validity.warnings.empty());
}

TEST(Validity, ALateLoopIsTheHarnessesFault) {
    stats::RunResult result = sound_result();
    result.totals[Metric::kLoopLag].record(900'000, 300);  // 3 %: a stop of the fleet.
    const auto validity = judge_validity(result, plan_with(plan::OpenLoad{}), facts());
    EXPECT_FALSE(validity.valid);
    EXPECT_THAT(validity.reasons,
                testing::ElementsAre(testing::HasSubstr("900ms late"),
                                     testing::HasSubstr("stood still for 900ms")));
}

TEST(Validity, ASlowHubIsNot) {
    stats::RunResult result = sound_result();
    result.totals[Metric::kSecurityMessageAck].record(9'000'000, 10'000);
    result.totals[Metric::kSecurityMessageLateness].record(5'000'000, 10'000);
    EXPECT_TRUE(judge_validity(result, plan_with(plan::OpenLoad{}), facts()).valid);
}

TEST(Validity, AGeneratorThatFallsBehindIsFoundOut) {
    stats::RunResult result = sound_result();
    result.totals.counts[Counter::kSecurityMessageOffered] = 9'000;
    const auto validity = judge_validity(result, plan_with(plan::OpenLoad{}), facts());
    EXPECT_THAT(validity.reasons,
                testing::ElementsAre(testing::HasSubstr("offered 9,000 messages where the "
                                                        "plan asks for 10,000")));
}

TEST(Validity, ASaturatedWorkerInvalidatesAnOpenLoadOnly) {
    stats::RunResult result = sound_result();
    for (std::size_t second = 0; second < 5; ++second) {
        result.timeline[second].fleet_cpu_share = 0.99;
    }
    EXPECT_FALSE(judge_validity(result, plan_with(plan::OpenLoad{}), facts()).valid);
    const auto closed = judge_validity(result, plan_with(plan::ClosedLoad{4}), facts());
    EXPECT_TRUE(closed.valid);
    EXPECT_EQ(closed.warnings.size(), 1u);
}

TEST(Validity, ALedgerThatDoesNotMeetIsABug) {
    stats::RunResult result = sound_result();
    result.messages.acked -= 1;
    EXPECT_THAT(judge_validity(result, plan_with(plan::OpenLoad{}), facts()).reasons,
                testing::ElementsAre(testing::HasSubstr("does not add up")));
}

TEST(Validity, WhatWasNeverAnsweredIsSaid) {
    stats::RunResult result = sound_result();
    result.messages.acked -= 300;
    result.messages.in_flight = 100;
    result.messages.unsent = 200;
    result.twins.offered = 10;
    result.twins.accepted = 9;
    result.twins.failed = 1;
    result.twins.confirmed = 7;
    result.twins.unconfirmed = 2;
    const auto validity = judge_validity(result, plan_with(plan::OpenLoad{}), facts());
    EXPECT_TRUE(validity.valid);
    EXPECT_THAT(validity.warnings,
                testing::ElementsAre(
                    testing::HasSubstr("300 of 10,000 security messages were never acknowledged"),
                    testing::HasSubstr("3 of 10 twin updates were never confirmed")));
}

TEST(Validity, TheHostAndASaturatedMockAreWarnings) {
    stats::RunResult result = sound_result();
    for (stats::TimelineRow& row : result.timeline) {
        row.hub_cpu_share = 1.0;
    }
    result.harness.emplace().steal_share = 0.2;
    HarnessFacts noisy = facts();
    noisy.never_ready = 3;
    const auto validity = judge_validity(result, plan_with(plan::OpenLoad{}), noisy);
    EXPECT_TRUE(validity.valid);
    EXPECT_EQ(validity.warnings.size(), 3u);
}

}  // namespace
}  // namespace twinstorm::run
