#include "hub/faults.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;
using iothub::OperationClass;
using iothub::ServiceErrorCode;

constexpr TimePoint kSet = kRunStart + 100s;
constexpr std::uint64_t kSeed = 7;
constexpr int kMany = 20'000;

OperationSet only(OperationClass operation) {
    return OperationSet().set(static_cast<std::size_t>(operation));
}

Fault fault(FaultEffect effect) {
    Fault made;
    made.effect = std::move(effect);
    return made;
}

Faults set_of(std::vector<Fault> faults, std::uint64_t seed = kSeed) {
    return {std::move(faults), seed, kSet};
}

// Device `gw-00042`; the string lives as long as the test.
FaultSubject device(int number) {
    static std::vector<std::string> ids;
    if (ids.empty()) {
        for (int i = 0; i < kMany; ++i) {
            ids.push_back("gw-" + std::to_string(100'000 + i));
        }
    }
    return fault_subject(ids.at(static_cast<std::size_t>(number)), "agent");
}

// How many of so many numbers of one identity it happens to.
template <class Ask>
int count_of(Ask ask) {
    int count = 0;
    for (int n = 0; n < kMany; ++n) {
        count += ask(static_cast<std::uint64_t>(n)) ? 1 : 0;
    }
    return count;
}

std::vector<double> latencies_ms(LatencyForm form) {
    const Faults faults = set_of({fault(LatencyFault{only(OperationClass::kTwinReads), form})});
    std::vector<double> drawn;
    for (int n = 0; n < kMany; ++n) {
        drawn.push_back(1e3 * to_seconds(faults.latency(OperationClass::kTwinReads, device(1),
                                                        static_cast<std::uint64_t>(n), kSet)));
    }
    std::sort(drawn.begin(), drawn.end());
    return drawn;
}

TEST(Faults, LatencyFollowsItsForm) {
    const auto quantile = [](const std::vector<double>& sorted, double share) {
        return sorted[static_cast<std::size_t>(share * (kMany - 1))];
    };
    const auto constant = latencies_ms(ConstantLatency{5ms});
    EXPECT_DOUBLE_EQ(constant.front(), 5);
    EXPECT_DOUBLE_EQ(constant.back(), 5);
    const auto uniform = latencies_ms(UniformLatency{10ms, 30ms});
    EXPECT_GE(uniform.front(), 10);
    EXPECT_LE(uniform.back(), 30);
    EXPECT_NEAR(quantile(uniform, 0.25), 15, 0.5);
    const auto lognormal = latencies_ms(LognormalLatency{20ms, 400ms});
    EXPECT_NEAR(quantile(lognormal, 0.5), 20, 1);
    EXPECT_NEAR(quantile(lognormal, 0.99), 400, 60);
    const auto flat = latencies_ms(LognormalLatency{20ms, 20ms});
    EXPECT_NEAR(flat.back(), 20, 1e-3);
    const auto bimodal = latencies_ms(BimodalLatency{1ms, 500ms, 0.1});
    EXPECT_NEAR(quantile(bimodal, 0.89), 1, 1e-9);
    EXPECT_NEAR(quantile(bimodal, 0.91), 500, 1e-6);
    const auto exponential = latencies_ms(ExponentialLatency{10ms});
    EXPECT_NEAR(quantile(exponential, 0.5), 10 * std::log(2.0), 0.4);
    EXPECT_NEAR(quantile(exponential, 0.99), 10 * std::log(100.0), 4);
}

TEST(Faults, LatencyIsOfItsOperationsAndAddsUp) {
    const Faults faults =
        set_of({fault(LatencyFault{only(OperationClass::kTwinReads), ConstantLatency{5ms}}),
                fault(LatencyFault{OperationSet().set(), ConstantLatency{2ms}})});
    EXPECT_EQ(faults.latency(OperationClass::kTwinReads, device(1), 0, kSet), 7ms);
    EXPECT_EQ(faults.latency(OperationClass::kQueries, device(1), 0, kSet), 2ms);
    const Faults wild =
        set_of({fault(LatencyFault{OperationSet().set(), LognormalLatency{1s, kFaultLatencyMax}})});
    for (std::uint64_t n = 0; n < 5'000; ++n) {
        EXPECT_LE(wild.latency(OperationClass::kQueries, device(1), n, kSet), kFaultLatencyMax);
    }
}

TEST(Faults, ErrorsComeAtTheirShare) {
    const Faults faults = set_of({fault(
        ErrorFault{only(OperationClass::kTwinUpdates), ServiceErrorCode::kServerError, 0.05})});
    const int failed = count_of([&](std::uint64_t n) {
        return faults.error(OperationClass::kTwinUpdates, device(3), n, kSet) ==
               ServiceErrorCode::kServerError;
    });
    EXPECT_NEAR(failed, 0.05 * kMany, 100);
    EXPECT_EQ(count_of([&](std::uint64_t n) {
                  return faults.error(OperationClass::kTwinReads, device(3), n, kSet).has_value();
              }),
              0);
}

TEST(Faults, TheFirstErrorThatHappensCounts) {
    const Faults faults =
        set_of({fault(ErrorFault{OperationSet().set(), ServiceErrorCode::kServerError, 1}),
                fault(ErrorFault{OperationSet().set(), ServiceErrorCode::kDeviceNotFound, 1})});
    EXPECT_EQ(faults.error(OperationClass::kQueries, device(1), 0, kSet),
              ServiceErrorCode::kServerError);
}

TEST(Faults, SameQuestionSameAnswer) {
    const auto make = [](std::uint64_t seed) {
        return set_of({fault(DropAcknowledgementsFault{0.5}),
                       fault(LatencyFault{OperationSet().set(), ExponentialLatency{1ms}})},
                      seed);
    };
    const Faults first = make(kSeed);
    const Faults again = make(kSeed);
    const Faults other = make(kSeed + 1);
    int differ = 0;
    for (std::uint64_t n = 1'000; n-- > 0;) {
        const bool drops = first.drops_acknowledgement(device(9), n, kSet);
        EXPECT_EQ(drops, again.drops_acknowledgement(device(9), n, kSet + 5s));
        EXPECT_EQ(first.latency(OperationClass::kQueries, device(9), n, kSet),
                  again.latency(OperationClass::kQueries, device(9), n, kSet + 1s));
        differ += drops != other.drops_acknowledgement(device(9), n, kSet) ? 1 : 0;
    }
    EXPECT_NEAR(differ, 500, 80) << "another seed, other luck";
}

TEST(Faults, IdentitiesOperationsAndFaultsDrawByThemselves) {
    const Faults faults =
        set_of({fault(ErrorFault{OperationSet().set(), ServiceErrorCode::kServerError, 0.5}),
                fault(DropAcknowledgementsFault{0.5})});
    const FaultSubject module = device(5);
    const FaultSubject itself = fault_subject(module.device_id, "");
    int modules = 0;
    int operations = 0;
    int kinds = 0;
    for (std::uint64_t n = 0; n < 1'000; ++n) {
        const bool fails = faults.error(OperationClass::kQueries, module, n, kSet).has_value();
        modules += fails != faults.error(OperationClass::kQueries, itself, n, kSet).has_value();
        operations +=
            fails != faults.error(OperationClass::kTwinReads, module, n, kSet).has_value();
        kinds += fails != faults.drops_acknowledgement(module, n, kSet);
    }
    EXPECT_NEAR(modules, 500, 80);
    EXPECT_NEAR(operations, 500, 80);
    EXPECT_NEAR(kinds, 500, 80);
}

TEST(Faults, SelectsByPrefixAndShare) {
    Fault selected = fault(DropAcknowledgementsFault{1});
    selected.device_prefix = "gw-10";
    selected.device_share = 0.3;
    Fault second = fault(LatencyFault{OperationSet().set(), ConstantLatency{1ms}});
    second.device_share = 0.3;
    const Faults faults = set_of({selected, second});
    int hit = 0;
    int slow = 0;
    for (int number = 0; number < kMany; ++number) {
        const FaultSubject who = device(number);
        const bool drops = faults.drops_acknowledgement(who, 0, kSet);
        const bool delays = faults.latency(OperationClass::kQueries, who, 0, kSet) > 0s;
        EXPECT_TRUE(!drops || delays) << "the same share is selected by both";
        EXPECT_EQ(drops, faults.drops_acknowledgement(fault_subject(who.device_id, ""), 0, kSet))
            << "a device is selected with its modules";
        EXPECT_TRUE(!drops || number < 10'000);
        hit += drops ? 1 : 0;
        slow += delays ? 1 : 0;
    }
    EXPECT_NEAR(hit, 3'000, 200);
    EXPECT_NEAR(slow, 6'000, 300);
}

TEST(Faults, HoldFromTheirStartForTheirDuration) {
    Fault timed = fault(DropAcknowledgementsFault{1});
    timed.start = 5s;
    timed.duration = 2s;
    const Faults faults = set_of({timed});
    EXPECT_FALSE(faults.drops_acknowledgement(device(1), 0, kSet + 5s - 1ns));
    EXPECT_TRUE(faults.drops_acknowledgement(device(1), 0, kSet + 5s));
    EXPECT_TRUE(faults.drops_acknowledgement(device(1), 0, kSet + 7s - 1ns));
    EXPECT_FALSE(faults.drops_acknowledgement(device(1), 0, kSet + 7s));
    EXPECT_EQ(faults.next_change(kSet), kSet + 5s);
    EXPECT_EQ(faults.next_change(kSet + 5s), kSet + 7s);
    EXPECT_EQ(faults.next_change(kSet + 7s), std::nullopt);
    const Faults lasting = set_of({fault(DropAcknowledgementsFault{1})});
    EXPECT_TRUE(lasting.drops_acknowledgement(device(1), 0, kSet + 1000h));
    EXPECT_EQ(lasting.next_change(kSet), std::nullopt);
}

TEST(Faults, RefusesConnects) {
    const Faults faults =
        set_of({fault(RefuseConnectsFault{0.25, mqtt::ConnectCode::kServerUnavailable})});
    const int refused = count_of([&](std::uint64_t n) {
        const auto refusal = faults.refuses_connect(device(2), n, kSet);
        EXPECT_TRUE(!refusal || refusal->answer == mqtt::ConnectCode::kServerUnavailable);
        return refusal.has_value();
    });
    EXPECT_NEAR(refused, 0.25 * kMany, 250);
    const Faults silent = set_of({fault(RefuseConnectsFault{1, std::nullopt})});
    ASSERT_TRUE(silent.refuses_connect(device(2), 0, kSet));
    EXPECT_FALSE(silent.refuses_connect(device(2), 0, kSet)->answer);
}

TEST(Faults, DuplicatesWhatItNames) {
    const Faults faults = set_of({fault(DuplicateFault{Duplicated::kTelemetry, 0.1})});
    EXPECT_NEAR(count_of([&](std::uint64_t n) {
                    return faults.duplicates(Duplicated::kTelemetry, device(2), n, kSet);
                }),
                0.1 * kMany, 180);
    EXPECT_EQ(count_of([&](std::uint64_t n) {
                  return faults.duplicates(Duplicated::kCloudToDevice, device(2), n, kSet);
              }),
              0);
}

TEST(Faults, AStormCutsItsShareAtOneInstant) {
    Fault storm = fault(DisconnectFault{0.4, 0});
    storm.start = 3s;
    const Faults faults = set_of({storm});
    int cut = 0;
    for (int number = 0; number < kMany; ++number) {
        const auto at = faults.cut_at(device(number), 1, kSet - 50s);
        EXPECT_TRUE(!at || *at == kSet + 3s);
        EXPECT_EQ(at, faults.cut_at(device(number), 1, kSet + 3s)) << "made at that very instant";
        EXPECT_FALSE(faults.cut_at(device(number), 2, kSet + 3s + 1ns)) << "made after it";
        cut += at ? 1 : 0;
    }
    EXPECT_NEAR(cut, 0.4 * kMany, 350);
}

TEST(Faults, ARateCutsConnectionsAgainAndAgain) {
    Fault steady = fault(DisconnectFault{0, 0.5});
    steady.duration = 60s;
    const Faults faults = set_of({steady});
    int cuts = 0;
    constexpr int kDevices = 1'000;
    for (int number = 0; number < kDevices; ++number) {
        TimePoint since = kSet - 10s;
        for (std::uint64_t n = 0;; ++n) {
            const auto at = faults.cut_at(device(number), n, since);
            if (!at) {
                break;
            }
            EXPECT_GE(*at, kSet);
            EXPECT_LT(*at, kSet + 60s);
            since = *at;
            ++cuts;
        }
    }
    EXPECT_NEAR(cuts, 0.5 * 60 * kDevices, 800);
}

TEST(Faults, TheEarliestCutWins) {
    Fault later = fault(DisconnectFault{1, 0});
    later.start = 5s;
    const Faults faults = set_of({later, fault(DisconnectFault{1, 0})});
    EXPECT_EQ(faults.cut_at(device(1), 0, kRunStart), kSet);
    EXPECT_EQ(faults.cut_at(device(1), 1, kSet + 1s), kSet + 5s);
}

TEST(Faults, StallsTheWholeHub) {
    Fault stall = fault(StallFault{});
    stall.start = 1s;
    stall.duration = 2s;
    Fault longer = stall;
    longer.start = 2s;
    const Faults faults = set_of({stall, longer});
    EXPECT_FALSE(faults.stalled_until(kSet));
    EXPECT_EQ(faults.stalled_until(kSet + 1s), kSet + 3s);
    EXPECT_EQ(faults.stalled_until(kSet + 2s), kSet + 4s);
    EXPECT_FALSE(faults.stalled_until(kSet + 4s));
}

TEST(Faults, RestartsTheWholeHub) {
    Fault second = fault(RestartFault{3s, false});
    second.start = 20s;
    Fault first = fault(RestartFault{0s, true});
    first.start = 10s;
    const Faults faults = set_of({second, first});
    const auto restarts = faults.restarts();
    ASSERT_EQ(restarts.size(), 2u);
    EXPECT_EQ(restarts[0].at, kSet + 10s);
    EXPECT_EQ(restarts[0].up_again, kSet + 10s);
    EXPECT_TRUE(restarts[0].keeps_state);
    EXPECT_EQ(restarts[1].up_again, kSet + 23s);
    EXPECT_FALSE(restarts[1].keeps_state);
    EXPECT_FALSE(faults.down_until(kSet + 10s)) << "up again at once";
    EXPECT_EQ(faults.down_until(kSet + 20s), kSet + 23s);
    EXPECT_FALSE(faults.down_until(kSet + 23s));
    EXPECT_EQ(faults.next_change(kSet + 20s), kSet + 23s);
}

TEST(Faults, TheSlowestReadWins) {
    Fault some = fault(SlowReadsFault{100});
    some.device_prefix = "gw-100";
    const Faults faults = set_of({fault(SlowReadsFault{1'000}), some});
    EXPECT_EQ(faults.read_bytes_per_s(device(1), kSet), 100u);
    EXPECT_EQ(faults.read_bytes_per_s(device(15'000), kSet), 1'000u);
    EXPECT_FALSE(faults.read_bytes_per_s(device(1), kSet - 1ns));
}

TEST(Faults, LosesAnswersAtTheirShare) {
    const Faults faults = set_of({fault(LoseAnswersFault{only(OperationClass::kTwinReads), 0.25})});
    int lost = 0;
    for (std::uint64_t n = 0; n < 10'000; ++n) {
        lost += faults.loses_answer(OperationClass::kTwinReads, device(1), n, kSet);
        EXPECT_FALSE(faults.loses_answer(OperationClass::kTwinUpdates, device(1), n, kSet));
    }
    EXPECT_NEAR(lost, 2'500, 200);
}

TEST(Faults, TheLowestRateWins) {
    RatesFault rates;
    rates.per_s[static_cast<std::size_t>(OperationClass::kConnections)] = 10;
    RatesFault lower = rates;
    lower.per_s[static_cast<std::size_t>(OperationClass::kConnections)] = 2;
    Fault later = fault(lower);
    later.start = 5s;
    later.duration = 1s;
    const Faults faults = set_of({fault(rates), later});
    EXPECT_EQ(faults.rate_per_s(OperationClass::kConnections, kSet), 10);
    EXPECT_EQ(faults.rate_per_s(OperationClass::kConnections, kSet + 5s), 2);
    EXPECT_EQ(faults.rate_per_s(OperationClass::kConnections, kSet + 6s), 10);
    EXPECT_FALSE(faults.rate_per_s(OperationClass::kQueries, kSet + 5s));
    EXPECT_FALSE(faults.rate_per_s(OperationClass::kConnections, kSet - 1ns));
}

TEST(Faults, AStaleIndexStopsThenFollows) {
    Fault stale = fault(StaleQueriesFault{30s});
    stale.start = 10s;
    stale.duration = 60s;
    const Faults faults = set_of({stale});
    EXPECT_FALSE(faults.queries_as_of(kSet + 9s));
    EXPECT_EQ(faults.queries_as_of(kSet + 10s), kSet + 10s);
    EXPECT_EQ(faults.queries_as_of(kSet + 40s), kSet + 10s);
    EXPECT_EQ(faults.queries_as_of(kSet + 50s), kSet + 20s);
    EXPECT_FALSE(faults.queries_as_of(kSet + 70s));
}

TEST(Faults, AnEmptySetDoesNothing) {
    const Faults none = set_of({});
    EXPECT_FALSE(none.loses_answer(OperationClass::kTwinReads, device(1), 0, kSet));
    EXPECT_FALSE(none.rate_per_s(OperationClass::kQueries, kSet));
    EXPECT_FALSE(none.queries_as_of(kSet));
    EXPECT_EQ(none.latency(OperationClass::kQueries, device(1), 0, kSet), 0s);
    EXPECT_FALSE(none.error(OperationClass::kQueries, device(1), 0, kSet));
    EXPECT_FALSE(none.refuses_connect(device(1), 0, kSet));
    EXPECT_FALSE(none.drops_acknowledgement(device(1), 0, kSet));
    EXPECT_FALSE(none.cut_at(device(1), 0, kSet));
    EXPECT_FALSE(none.stalled_until(kSet));
    EXPECT_FALSE(none.down_until(kSet));
    EXPECT_FALSE(none.read_bytes_per_s(device(1), kSet));
    EXPECT_FALSE(none.next_change(kSet));
}

}  // namespace
}  // namespace twinstorm::hub
