#include "host/habits.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "host/devices.h"
#include "host/entries.h"
#include "host/stage.h"

namespace twinstorm::host {
namespace {

using namespace std::chrono_literals;

class EveryKind : public testing::TestWithParam<int> {
protected:
    [[nodiscard]] Kind kind() const { return static_cast<Kind>(GetParam()); }
};

TEST_P(EveryKind, StepsStandInTheOrderOfTimeAndWithinTheHour) {
    for (const Habit& habit : habits_of(kind())) {
        ASSERT_FALSE(habit.script.empty());
        EXPECT_LE(habit.script.size(), kStepsMax);
        EXPECT_LT(length_ms(habit.script), 3'600'000u / 2);
        std::uint32_t ended = 0;
        for (const Step& step : habit.script) {
            EXPECT_GE(step.after_ms, ended);
            ended = step.after_ms + step.spread_ms;
            EXPECT_LE(step.actor, kOwnMax + 1 + program::kDaemonsEnd);
        }
    }
}

TEST_P(EveryKind, NothingOfAPlaybookIsEveryday) {
    constexpr std::array<std::uint16_t, kStreamCount> kPlayedFirst{
        program::kPlayedFirst, connection::kPlayedFirst, 0,
        path::kPlayedFirst,    peripheral::kPlayedFirst, log_line::kEnd};
    for (const Habit& habit : habits_of(kind())) {
        for (const Step& step : habit.script) {
            if (step.stream != Stream::kLogins) {
                EXPECT_LE(step.entry + step.choices,
                          kPlayedFirst[static_cast<std::size_t>(step.stream)]);
            }
            EXPECT_LT(step.domain, domain::kMaliciousFirst);
            EXPECT_NE(step.peer, Peer::kAddress);
        }
    }
}

// Samples stand for the rates, so that loads look like everyday life.
TEST_P(EveryKind, EverySampleIsOfItsStream) {
    const KindFacts& facts = facts_of(kind());
    for (std::size_t stream = 0; stream < kStreamCount; ++stream) {
        EXPECT_GT(facts.events_per_hour[stream], 0);
        for (const Sample sample : facts.samples[stream]) {
            EXPECT_EQ(
                static_cast<std::size_t>(facts.habits[sample.habit].script[sample.step].stream),
                stream);
        }
    }
}

// As the tables promise, week by week: rhythms are scaled to their mean.
TEST_P(EveryKind, EventsComeAtTheirRates) {
    constexpr int kDevices = 60;
    constexpr auto kWeek = 7 * 24h;
    std::array<double, kStreamCount> seen{};
    double pace = 0;
    for (int i = 0; i < kDevices; ++i) {
        const Host host = device(kind(), static_cast<std::uint64_t>(i));
        const Happenings week = look(host, kAllStreams, kRunStart, kRunStart + kWeek);
        std::size_t stream = 0;
        for_each_stream(week, [&](const auto& events) {
            seen[stream++] += static_cast<double>(events.size());
        });
        pace += host.profile().pace;
    }
    const KindFacts& facts = facts_of(kind());
    for (std::size_t stream = 0; stream < kStreamCount; ++stream) {
        const double expected = facts.events_per_hour[stream] * pace * 7 * 24;
        // Activities of several events come in clumps; five deviations of clumps of eight.
        EXPECT_NEAR(seen[stream], expected, 5 * std::sqrt(8 * expected) + 3) << stream;
    }
}

INSTANTIATE_TEST_SUITE_P(Habits, EveryKind, testing::Range(0, int{kKindCount}));

// The averages that schedules and caches of agents are tuned for.
TEST(Habits, AnAverageDeviceIsAsBusyAsPromised) {
    constexpr std::array<double, kStreamCount> kPromised{12, 8, 0.3, 1, 0.05, 0.5};
    for (std::size_t stream = 0; stream < kStreamCount; ++stream) {
        double sum = 0;
        for (std::size_t i = 0; i < kKindCount; ++i) {
            sum += facts_of(static_cast<Kind>(i)).events_per_hour[stream];
        }
        EXPECT_NEAR(sum / kKindCount, kPromised[stream], kPromised[stream] * 0.15) << stream;
    }
}

}  // namespace
}  // namespace twinstorm::host
