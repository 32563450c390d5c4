// What makes a run invalid, and what never does: each sign of a starved harness by itself, on a
// result that is sound but for it.
#include "run/validity.h"

#include <algorithm>
#include <cstdint>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinstorm::run {
namespace {

using stats::Counter;
using stats::Metric;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t kSeconds = 600;
constexpr std::uint64_t kBeatsPerSecond = 100;

stats::RunResult long_result() {
    stats::RunResult result;
    result.totals[Metric::kLoopLag].record(100, kSeconds * kBeatsPerSecond);
    result.totals[Metric::kReceiveLag].record(0, kSeconds * kBeatsPerSecond);
    result.totals[Metric::kSecurityMessageLateness].record(150, 100'000);
    for (std::uint32_t second = 0; second < kSeconds; ++second) {
        stats::TimelineRow& row = result.timeline.emplace_back();
        row.second = second;
        row.measured = true;
        row.fleet_cpu_share = 0.5;
        row.fleet_wait_share = 0.01;
    }
    stats::HarnessCost& cost = result.harness.emplace();
    cost.workers = {{300, 0.5, 0.6, 0.01, 0.05}};
    cost.coordinator_us_max = 900;
    return result;
}

stats::Validity judged(const std::function<void(stats::RunResult&)>& change) {
    stats::RunResult result = long_result();
    change(result);
    plan::Plan plan;
    plan.groups.resize(1);
    plan.groups[0].security_messages = plan::OpenLoad{};
    return judge_validity(result, plan, {});
}

// A stop of the fleet swallows a beat each 10 ms; the latest of them is the longest.
void stop(stats::RunResult& result, std::uint32_t second, std::uint64_t length_us) {
    for (std::uint64_t late = length_us; late > 0; late -= std::min<std::uint64_t>(late, 10'000)) {
        result.totals[Metric::kLoopLag].record(late);
    }
    result.timeline[second].latencies[static_cast<std::size_t>(Metric::kLoopLag)] = {100, 100,
                                                                                     length_us};
}

TEST(Honesty, ASoundRunHasNothingToSay) {
    const stats::Validity validity = judged([](stats::RunResult&) {});
    EXPECT_TRUE(validity.valid);
    EXPECT_THAT(validity.warnings, IsEmpty());
}

TEST(Honesty, OneStopOfASecondInTenMinutesIsFoundOut) {
    const stats::Validity validity =
        judged([](stats::RunResult& result) { stop(result, 300, 1'000'000); });
    EXPECT_LT(long_result().totals[Metric::kLoopLag].value_at(0.99), kLoopLagWarningUs);
    EXPECT_THAT(
        validity.reasons,
        ElementsAre(HasSubstr("a worker stood still for 1s, in second 300 (at most 500ms")));
}

TEST(Honesty, AShortStopIsSaid) {
    const stats::Validity validity =
        judged([](stats::RunResult& result) { stop(result, 12, 200'000); });
    EXPECT_TRUE(validity.valid);
    EXPECT_THAT(validity.warnings,
                ElementsAre(HasSubstr("a worker stood still for 200ms, in second 12")));
}

// A quota of CPU time stops the fleet for a part of each of its periods: many short stops.
TEST(Honesty, ManyShortStopsAreFoundOut) {
    const stats::Validity validity = judged([](stats::RunResult& result) {
        for (std::uint32_t second = 0; second < kSeconds; second += 3) {
            stop(result, second, 70'000);
        }
    });
    EXPECT_THAT(validity.reasons,
                ElementsAre(HasSubstr("served 1 % of their deadlines more than ")));
}

TEST(Honesty, WhatLiesUnreadIsOurs) {
    EXPECT_THAT(judged([](stats::RunResult& result) {
                    result.totals[Metric::kReceiveLag].record(40'000, 1'000);
                }).reasons,
                ElementsAre(HasSubstr("lay in our receive buffers for more than 40ms")));
    EXPECT_THAT(judged([](stats::RunResult& result) {
                    result.totals.measured[Counter::kReceiveBufferFull] = 3;
                }).reasons,
                ElementsAre(HasSubstr("a receive buffer was found full 3 times")));
}

TEST(Honesty, AWorkerWithoutACoreIsFoundOut) {
    const auto starved = [](std::uint32_t seconds) {
        return judged([seconds](stats::RunResult& result) {
            for (std::uint32_t second = 0; second < seconds; ++second) {
                result.timeline[second].fleet_wait_share = 0.3;
            }
            result.harness->workers[0].wait_share = 0.3 * seconds / kSeconds;
        });
    };
    EXPECT_TRUE(starved(60).valid) << "a tenth of the seconds";
    EXPECT_THAT(starved(61).reasons,
                ElementsAre(HasSubstr("a worker waited for a core for 25 % of the time or more in "
                                      "61 of 600 measured seconds")));
    EXPECT_THAT(starved(120).warnings,
                ElementsAre(HasSubstr("a worker waited for a core for 6 % of the run")));
}

TEST(Honesty, AMainLoopThatStandsStillIsFoundOut) {
    const auto late = [](std::uint64_t late_us) {
        return judged(
            [late_us](stats::RunResult& result) { result.harness->coordinator_us_max = late_us; });
    };
    EXPECT_TRUE(late(500'000).valid);
    EXPECT_THAT(late(3'200'000).reasons,
                ElementsAre(HasSubstr("the main loop stood still for 3.2s")));
    EXPECT_THAT(judged([](stats::RunResult& result) {
                    result.harness->coordinator_us_max = 1'000'000;
                    stop(result, 7, 990'000);
                }).reasons,
                ElementsAre(HasSubstr("a worker stood still for 990ms")))
        << "the whole process did, and is told once";
}

TEST(Honesty, AShortageOfMemoryIsSaid) {
    const stats::Validity validity =
        judged([](stats::RunResult& result) { result.harness->page_faults = 12; });
    EXPECT_TRUE(validity.valid);
    EXPECT_THAT(validity.warnings, ElementsAre(HasSubstr("the fleet waited 12 times")));
}

// Whatever the hub does, late or not at all: the run is valid, and says what is known.
TEST(Honesty, ASlowHubIsNeverTheHarnesssFault) {
    const stats::Validity validity = judged([](stats::RunResult& result) {
        for (const Metric metric :
             {Metric::kConnect, Metric::kTwinGet, Metric::kTwinUpdateAccept,
              Metric::kTwinUpdateDelivery, Metric::kTwinUpdateRoundTrip, Metric::kTwinReport,
              Metric::kSecurityMessageAck, Metric::kSecurityMessageService,
              Metric::kSecurityMessageLateness, Metric::kConvergence}) {
            result.totals[metric].record(30'000'000, 100'000);
        }
        result.totals.counts[Counter::kConnectionDropped] = 1'000;
        for (stats::TimelineRow& row : result.timeline) {
            row.hub_cpu_share = 0.2;
        }
    });
    EXPECT_TRUE(validity.valid) << validity.reasons.front();
    EXPECT_THAT(validity.warnings,
                ElementsAre(HasSubstr("1 % of the messages left more than 30s late although the "
                                      "workers were on time: they waited for the hub")));
}

}  // namespace
}  // namespace twinstorm::run
