#include "hub/throttle.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;
using iothub::OperationClass;
using iothub::ServiceErrorCode;
using iothub::Tier;

constexpr auto kReads = OperationClass::kTwinReads;  // 100/s on S1: one in 10 ms.

iothub::TierLimits s1() {
    return iothub::limits(Tier::kS1, 1);
}

ThrottleOptions options(Duration burst, Duration queue, Duration wait_max) {
    return {true, burst, queue, wait_max};
}

// Asks so often at one instant; how many were served at once.
int served_at_once(Throttles& throttles, int times, TimePoint now) {
    int served = 0;
    for (int i = 0; i < times; ++i) {
        const Decision decision = throttles.ask(kReads, now);
        served += !decision.refused && decision.delay == 0s ? 1 : 0;
    }
    return served;
}

TEST(Throttles, ServesTheBurstAtOnceThenAtTheRate) {
    Throttles throttles(s1(), {});
    EXPECT_EQ(served_at_once(throttles, 6'000, kRunStart + 5s), 6'000);
    EXPECT_EQ(throttles.ask(kReads, kRunStart + 5s).delay, 10ms);
    EXPECT_EQ(throttles.ask(kReads, kRunStart + 5s).delay, 20ms);
    // Half a second later the next slot is half a second closer, behind the two that wait.
    EXPECT_EQ(throttles.ask(kReads, kRunStart + 5s + 5ms).delay, 25ms);
}

TEST(Throttles, CreditComesBackAtTheRateAndNeverExceedsTheBurst) {
    Throttles throttles(s1(), options(1s, 1s, 1s));
    EXPECT_EQ(served_at_once(throttles, 100, kRunStart), 100);
    EXPECT_EQ(served_at_once(throttles, 100, kRunStart + 500ms), 50);
    // The fifty that were told to wait took half a second of what came back meanwhile.
    EXPECT_EQ(served_at_once(throttles, 200, kRunStart + 1h), 100);
}

TEST(Throttles, ARateBelowTheLimitIsNeverLimited) {
    Throttles throttles(s1(), options(0s, 1s, 1s));
    // Without any credit even the first operation waits for its slot, for one interval.
    EXPECT_EQ(throttles.ask(kReads, kRunStart).delay, 10ms);
    Throttles with_credit(s1(), options(10ms, 1s, 1s));
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_EQ(with_credit.ask(kReads, kRunStart + i * 10ms).delay, 0s) << i;
    }
    EXPECT_EQ(with_credit.counts(kReads).delayed, 0u);
    EXPECT_FALSE(with_credit.counts(kReads).first_limited);
}

TEST(Throttles, AFullQueueRefusesAndTakesNothing) {
    Throttles throttles(s1(), options(1s, 2s, 60s));
    EXPECT_EQ(served_at_once(throttles, 100, kRunStart), 100);
    for (int i = 1; i <= 200; ++i) {
        EXPECT_EQ(throttles.ask(kReads, kRunStart).delay, i * 10ms);
    }
    for (int i = 0; i < 50; ++i) {
        const Decision decision = throttles.ask(kReads, kRunStart);
        EXPECT_EQ(decision.refused, ServiceErrorCode::kThrottleBacklogLimitExceeded);
        EXPECT_EQ(decision.delay, 0s);
    }
    // One slot has been served since: there is room for one more, and only one.
    EXPECT_EQ(throttles.ask(kReads, kRunStart + 10ms).delay, 2s);
    EXPECT_TRUE(throttles.ask(kReads, kRunStart + 10ms).refused);
    EXPECT_EQ(throttles.counts(kReads).refused_queue_full, 51u);
    EXPECT_EQ(throttles.counts(kReads).refused_wait, 0u);
}

TEST(Throttles, AWaitThatWouldBeTooLongIsRefused) {
    Throttles throttles(s1(), options(0s, 10s, 100ms));
    for (int i = 1; i <= 10; ++i) {
        EXPECT_EQ(throttles.ask(kReads, kRunStart).delay, i * 10ms);
    }
    EXPECT_EQ(throttles.ask(kReads, kRunStart).refused,
              ServiceErrorCode::kThrottlingBacklogTimeout);
    EXPECT_EQ(throttles.counts(kReads).refused_wait, 1u);
    EXPECT_EQ(throttles.counts(kReads).refused(), 1u);
    EXPECT_EQ(iothub::http_status(ServiceErrorCode::kThrottlingBacklogTimeout), 429);
    EXPECT_EQ(static_cast<int>(ServiceErrorCode::kThrottleBacklogLimitExceeded), 429002);
}

TEST(Throttles, ARateInTheTiersPlaceIsEnforced) {
    Throttles throttles(s1(), options(1s, 10s, 10s));
    const auto ask = [&](Duration after, double rate) {
        return throttles.ask(kReads, kRunStart + after, 1, rate);
    };
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(ask(0s, 10).delay, 0s) << i;  // A second of credit, at 10/s.
    }
    EXPECT_EQ(ask(0s, 10).delay, 100ms);
    EXPECT_EQ(throttles.ask(kReads, kRunStart).delay, 110ms);  // What was taken stays taken.
    EXPECT_EQ(ask(1s, 1'000).delay, 0s);
    EXPECT_EQ(ask(1h, 0.01).delay, 0s) << "of the slowest, one";
    EXPECT_TRUE(ask(1h, 0.01).refused);
}

TEST(Throttles, ARateHoldsWithoutTheTiers) {
    Throttles throttles(s1(), {.enabled = false, .burst = 1s, .queue = 1s, .wait_max = 1s});
    EXPECT_EQ(throttles.ask(kReads, kRunStart, 1, 1.0).delay, 0s);
    EXPECT_EQ(throttles.ask(kReads, kRunStart, 1, 1.0).delay, 1s);
    EXPECT_TRUE(throttles.ask(kReads, kRunStart, 1, 1.0).refused);
    EXPECT_EQ(throttles.ask(kReads, kRunStart).delay, 0s);
}

TEST(Throttles, ABulkRequestCostsItsItems) {
    Throttles throttles(s1(), options(1s, 1s, 1s));
    EXPECT_EQ(throttles.ask(kReads, kRunStart, 90).delay, 0s);
    EXPECT_EQ(throttles.ask(kReads, kRunStart, 20).delay, 100ms);
    EXPECT_TRUE(throttles.ask(kReads, kRunStart, 1'000).refused);
    EXPECT_EQ(throttles.ask(kReads, kRunStart, 1).delay, 110ms) << "the refused one took nothing";
    EXPECT_EQ(throttles.counts(kReads).admitted, 3u);
}

TEST(Throttles, ClassesDoNotShareTheirCredit) {
    Throttles throttles(s1(), options(1s, 0s, 0s));
    EXPECT_EQ(served_at_once(throttles, 101, kRunStart), 100);
    EXPECT_EQ(throttles.ask(OperationClass::kTwinUpdates, kRunStart).delay, 0s);
    EXPECT_EQ(throttles.counts(OperationClass::kTwinUpdates).refused(), 0u);
    EXPECT_EQ(throttles.counts(kReads).refused(), 1u);
}

TEST(Throttles, EveryClassRunsAtItsTiersRate) {
    for (const Tier tier : {Tier::kF1, Tier::kS2, Tier::kS3}) {
        const iothub::TierLimits limits = iothub::limits(tier, 1);
        Throttles throttles(limits, options(0s, 3600s, 3600s));
        for (std::size_t i = 0; i < iothub::kOperationClassCount; ++i) {
            const auto operation = static_cast<OperationClass>(i);
            for (int n = 0; n < 999; ++n) {
                (void)throttles.ask(operation, kRunStart);
            }
            EXPECT_NEAR(to_seconds(throttles.ask(operation, kRunStart).delay),
                        1'000 / limits.rate(operation), 0.001 * 1'000 / limits.rate(operation))
                << iothub::name(operation);
        }
    }
}

TEST(Throttles, SwitchedOffItOnlyCounts) {
    ThrottleOptions off;
    off.enabled = false;
    off.burst = 0s;
    Throttles throttles(s1(), off);
    EXPECT_EQ(served_at_once(throttles, 20'000, kRunStart), 20'000);
    EXPECT_EQ(throttles.counts(kReads).admitted, 20'000u);
    EXPECT_FALSE(throttles.counts(kReads).first_limited);
}

TEST(Throttles, TellsWhenAndForHowLong) {
    Throttles throttles(s1(), options(10ms, 10s, 10s));
    const auto ask = [&](Duration at) { (void)throttles.ask(kReads, kRunStart + at); };
    ask(1s);      // At once.
    ask(1s);      // Waits until 1.01 s.
    ask(1s);      // Until 1.02 s: the spans overlap.
    ask(1005ms);  // Until 1.03 s.
    ask(5s);      // At once: nothing waits any more.
    ask(5s);      // Until 5.01 s.
    const ThrottleCounts counts = throttles.counts(kReads);
    EXPECT_EQ(counts.admitted, 6u);
    EXPECT_EQ(counts.delayed, 4u);
    EXPECT_EQ(counts.first_limited, kRunStart + 1s);
    EXPECT_EQ(counts.last_limited, kRunStart + 5s);
    EXPECT_EQ(counts.limited, 40ms);
    EXPECT_EQ(counts.delay_max, 25ms);
    EXPECT_EQ(counts.delay_sum, 10ms + 20ms + 25ms + 10ms);
}

TEST(Throttles, RefusalsAloneAreAlsoALimit) {
    Throttles throttles(s1(), options(10ms, 0s, 0s));
    EXPECT_EQ(throttles.ask(kReads, kRunStart + 2s).delay, 0s);
    EXPECT_TRUE(throttles.ask(kReads, kRunStart + 2s).refused);
    EXPECT_TRUE(throttles.ask(kReads, kRunStart + 2s + 4ms).refused);
    EXPECT_EQ(throttles.counts(kReads).limited, 10ms) << "until there is room again";
    EXPECT_EQ(throttles.counts(kReads).first_limited, kRunStart + 2s);
}

TEST(Throttles, CountingStartsAnewWithoutNewCredit) {
    Throttles throttles(s1(), options(1s, 1s, 1s));
    (void)served_at_once(throttles, 150, kRunStart);
    throttles.reset_counts();
    EXPECT_EQ(throttles.counts(kReads).admitted, 0u);
    EXPECT_EQ(throttles.counts(kReads).delay_max, 0s);
    EXPECT_FALSE(throttles.counts(kReads).last_limited);
    EXPECT_EQ(throttles.ask(kReads, kRunStart).delay, 510ms)
        << "those in the queue are still there";
    EXPECT_EQ(throttles.counts(kReads).limited, 510ms);
}

TEST(Throttles, ThreadsTogetherGetNoMoreThanTheHubHas) {
    constexpr int kThreads = 4;
    constexpr int kAsksEach = 5'000;
    Throttles throttles(s1(), options(60s, 60s, 120s));
    std::vector<std::thread> threads;
    std::vector<std::vector<Decision>> decisions(kThreads);
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&throttles, &mine = decisions[static_cast<std::size_t>(thread)]] {
            for (int i = 0; i < kAsksEach; ++i) {
                mine.push_back(throttles.ask(kReads, kRunStart + 1s));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    int at_once = 0;
    int refused = 0;
    Duration delay_sum{};
    for (const auto& mine : decisions) {
        Duration last{};
        for (const Decision& decision : mine) {
            at_once += !decision.refused && decision.delay == 0s ? 1 : 0;
            refused += decision.refused ? 1 : 0;
            delay_sum += decision.delay;
            if (!decision.refused) {
                EXPECT_GE(decision.delay, last) << "first come, first served";
                last = decision.delay;
            }
        }
    }
    EXPECT_EQ(at_once, 6'000);
    EXPECT_EQ(refused, 8'000);
    const ThrottleCounts counts = throttles.counts(kReads);
    EXPECT_EQ(counts.admitted, 12'000u);
    EXPECT_EQ(counts.delayed, 6'000u);
    EXPECT_EQ(counts.delay_sum, delay_sum);
    EXPECT_EQ(delay_sum, 10ms * (6'000 * 6'001 / 2)) << "each slot was given once";
    EXPECT_EQ(counts.limited, 60s);
}

TEST(Throttles, ReadsAsJson) {
    Throttles throttles(s1(), options(10ms, 10s, 10s));
    (void)throttles.ask(kReads, kRunStart + 2s);
    (void)throttles.ask(kReads, kRunStart + 2s);
    const auto all = throttles_json(throttles, s1(), WallAnchor{kVirtualEpoch});
    EXPECT_EQ(all.size(), iothub::kOperationClassCount);
    EXPECT_EQ(boost::json::serialize(all.at("twin_reads")),
              R"({"rate_per_s":1E2,"admitted":2,"delayed":1,"refused":0,"refused_queue_full":0,)"
              R"("refused_wait":0,"delay_us_mean":10000,"delay_us_max":10000,)"
              R"("first_limited":"2026-01-01T00:00:02.0000000Z",)"
              R"("first_limited_unix_us":1767225602000000,)"
              R"("last_limited":"2026-01-01T00:00:02.0000000Z",)"
              R"("last_limited_unix_us":1767225602000000,"limited_us":10000})");
    EXPECT_TRUE(all.at("registry").at("first_limited").is_null());
    EXPECT_TRUE(all.at("registry").at("last_limited_unix_us").is_null());
}

}  // namespace
}  // namespace twinstorm::hub
