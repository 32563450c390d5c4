#include "twinstorm/load/arrival.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>

namespace twinstorm::load {
namespace {

using namespace std::chrono_literals;

std::vector<TimePoint> first(Arrivals arrivals, std::size_t count) {
    std::vector<TimePoint> instants;
    for (std::size_t i = 0; i < count; ++i) {
        instants.push_back(arrivals.next());
        arrivals.pop();
    }
    return instants;
}

TEST(Arrivals, ConstantOnesKeepTheirSpacingFromAPhaseOfTheirOwn) {
    struct Row {
        double rate;
        Duration spacing;
    };
    for (const Row& row :
         {Row{1, 1s}, Row{2, 500ms}, Row{1'000, 1ms}, Row{0.5, 2s}, Row{4'000, 250us}}) {
        const TimePoint start = kRunStart + 5s;
        const auto instants = first({ArrivalKind::kConstant, row.rate, start, 7}, 1'000);
        EXPECT_GE(instants.front(), start);
        EXPECT_LT(instants.front(), start + row.spacing);
        for (std::size_t n = 1; n < instants.size(); ++n) {
            const Duration drift = instants[n] - instants[0] - row.spacing * static_cast<int>(n);
            EXPECT_LE(std::abs(drift.count()), 1) << "rate " << row.rate << ", arrival " << n;
        }
    }
}

TEST(Arrivals, ConstantOnesDoNotDriftOverTenMillion) {
    constexpr double kRate = 30'000;  // Every 33,333.33 ns.
    constexpr std::uint64_t kArrivals = 10'000'000;
    Arrivals arrivals(ArrivalKind::kConstant, kRate, kRunStart, 1);
    const TimePoint begin = arrivals.next();
    for (std::uint64_t n = 0; n < kArrivals; ++n) {
        arrivals.pop();
    }
    EXPECT_EQ(arrivals.number(), kArrivals);
    const Duration drift = arrivals.next() - begin - 333'333'333'333ns;
    EXPECT_LE(std::abs(drift.count()), 1);
}

TEST(Arrivals, ConstantPhasesSpreadOverTheWholeInterval) {
    constexpr int kDevices = 10'000;
    std::array<int, 10> tenths{};
    for (std::uint64_t device = 0; device < kDevices; ++device) {
        const Arrivals arrivals(ArrivalKind::kConstant, 1, kRunStart, derive(1, device));
        const double phase = to_seconds(arrivals.next() - kRunStart);
        ++tenths.at(static_cast<std::size_t>(phase * 10));
    }
    for (const int count : tenths) {
        EXPECT_NEAR(count, kDevices / 10, 150);  // Five standard deviations.
    }
}

TEST(Arrivals, PoissonGapsHaveTheMeanAndTheVarianceOfAnExponential) {
    constexpr double kRate = 50;
    constexpr std::size_t kArrivals = 400'000;
    const auto instants = first({ArrivalKind::kPoisson, kRate, kRunStart + 1s, 3}, kArrivals);
    TimePoint before = kRunStart + 1s;
    double sum = 0;
    double squares = 0;
    for (const TimePoint instant : instants) {
        ASSERT_GE(instant, before);
        const double gap = to_seconds(instant - before);
        sum += gap;
        squares += gap * gap;
        before = instant;
    }
    const double mean = sum / kArrivals;
    const double variance = squares / kArrivals - mean * mean;
    EXPECT_NEAR(mean * kRate, 1, 0.01);
    EXPECT_NEAR(variance * kRate * kRate, 1, 0.02);
}

TEST(Arrivals, PoissonCountsPerSecondVaryAsMuchAsTheirMean) {
    constexpr double kRate = 20;
    constexpr int kSeconds = 20'000;
    std::vector<int> counts(kSeconds, 0);
    Arrivals arrivals(ArrivalKind::kPoisson, kRate, kRunStart, 4);
    while (arrivals.next() < kRunStart + std::chrono::seconds(kSeconds)) {
        ++counts[static_cast<std::size_t>(to_seconds(arrivals.next() - kRunStart))];
        arrivals.pop();
    }
    double sum = 0;
    double squares = 0;
    for (const int count : counts) {
        sum += count;
        squares += count * count;
    }
    const double mean = sum / kSeconds;
    EXPECT_NEAR(mean, kRate, 0.2);
    EXPECT_NEAR(squares / kSeconds - mean * mean, kRate, 1.0);
}

TEST(Arrivals, TheSameSeedGivesTheSameInstantsWhoeverElseDraws) {
    for (const ArrivalKind kind : {ArrivalKind::kConstant, ArrivalKind::kPoisson}) {
        const auto alone = first({kind, 10, kRunStart, 5}, 1'000);
        Arrivals beside(kind, 10, kRunStart, 5);
        Arrivals other(kind, 37, kRunStart, 6);
        for (const TimePoint instant : alone) {  // Interleaved, as two devices of one worker are.
            EXPECT_EQ(beside.next(), instant);
            EXPECT_EQ(beside.next(), instant) << "looking changes nothing";
            other.pop();
            beside.pop();
            other.pop();
        }
        EXPECT_NE(alone, first({kind, 10, kRunStart, 6}, 1'000));
    }
}

TEST(Arrivals, OnlyTheStartMovesTheInstants) {
    for (const ArrivalKind kind : {ArrivalKind::kConstant, ArrivalKind::kPoisson}) {
        const auto early = first({kind, 10, kRunStart, 5}, 100);
        const auto late = first({kind, 10, kRunStart + 30s, 5}, 100);
        for (std::size_t n = 0; n < early.size(); ++n) {
            EXPECT_EQ(late[n], early[n] + 30s);
        }
    }
}

TEST(Arrivals, ARateOfZeroNeverArrivesAndATinyOneDoesNotOverflow) {
    for (const ArrivalKind kind : {ArrivalKind::kConstant, ArrivalKind::kPoisson}) {
        Arrivals never(kind, 0, kRunStart, 1);
        EXPECT_EQ(never.next(), TimePoint::max());
        never.pop();
        EXPECT_EQ(never.next(), TimePoint::max());
        Arrivals rare(kind, 1e-12, kRunStart + 1h, 1);
        rare.pop();
        EXPECT_EQ(rare.next(), TimePoint::max());
    }
}

TEST(RampInstant, StartsEachThingAtItsPlace) {
    struct Row {
        double rate;
        std::uint64_t number;
        TimePoint instant;
    };
    const TimePoint start = kRunStart + 2s;
    for (const Row& row : {Row{200, 0, start}, Row{200, 1, start + 5ms}, Row{200, 200, start + 1s},
                           Row{3, 1, start + 333'333'333ns}, Row{3, 2, start + 666'666'667ns},
                           Row{3, 3'000'000, start + 1'000'000s}, Row{0.5, 3, start + 6s},
                           Row{0, 0, TimePoint::max()}, Row{0, 5, TimePoint::max()},
                           Row{1e-9, ~std::uint64_t{0}, TimePoint::max()}}) {
        EXPECT_EQ(ramp_instant(start, row.rate, row.number), row.instant)
            << row.number << " at " << row.rate;
    }
}

TEST(Backoff, DoublesToItsLongest) {
    const Backoff backoff{.first = 1s, .longest = 30s, .jitter = 0};
    Random random(1);
    struct Row {
        std::uint32_t attempt;
        Duration wait;
    };
    for (const Row& row : {Row{1, 1s}, Row{2, 2s}, Row{3, 4s}, Row{4, 8s}, Row{5, 16s}, Row{6, 30s},
                           Row{7, 30s}, Row{64, 30s}, Row{65, 30s}, Row{~0U, 30s}}) {
        EXPECT_EQ(backoff.wait(row.attempt, random), row.wait) << row.attempt;
    }
}

TEST(Backoff, OddOnesStayInBounds) {
    Random random(1);
    EXPECT_EQ((Backoff{.first = 0s, .longest = 30s, .jitter = 0.05}).wait(~0U, random), 0s);
    EXPECT_EQ((Backoff{.first = 1min, .longest = 30s, .jitter = 0}).wait(1, random), 30s);
}

TEST(Backoff, JitterFillsItsShareOfTheWaitBothWays) {
    constexpr int kDraws = 100'000;
    const Backoff backoff{.first = 1s, .longest = 30s, .jitter = 0.2};
    for (const std::uint32_t attempt : {1U, 4U, 9U}) {
        const double middle = std::min(std::exp2(attempt - 1), 30.0);
        Random random(attempt);
        double least = 1e9;
        double most = 0;
        double sum = 0;
        for (int i = 0; i < kDraws; ++i) {
            const double wait = to_seconds(backoff.wait(attempt, random)) / middle;
            least = std::min(least, wait);
            most = std::max(most, wait);
            sum += wait;
        }
        EXPECT_GE(least, 0.8);
        EXPECT_LT(least, 0.801);
        EXPECT_LE(most, 1.2);
        EXPECT_GT(most, 1.199);
        EXPECT_NEAR(sum / kDraws, 1, 0.002);
    }
}

TEST(Backoff, TheSameDrawsGiveTheSameWaits) {
    const Backoff backoff;
    Random one(8);
    Random two(8);
    for (std::uint32_t attempt = 1; attempt < 20; ++attempt) {
        EXPECT_EQ(backoff.wait(attempt, one), backoff.wait(attempt, two));
    }
}

}  // namespace
}  // namespace twinstorm::load
