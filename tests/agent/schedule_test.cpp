#include "twinstorm/agent/schedule.h"

#include <gtest/gtest.h>

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kFirst = kRunStart + 45s;
constexpr CollectorSet kAll = [] {
    CollectorSet all;
    for (const Collector collector : kAllCollectors) {
        all.add(collector);
    }
    return all;
}();
constexpr CollectorSet kMedium{Collector::kLogin, Collector::kNetworkActivity, Collector::kProcess};

Schedule started(const Configuration& configuration) {
    Schedule schedule;
    schedule.start(configuration, kFirst);
    return schedule;
}

Configuration with(Collector collector, CollectorSettings settings) {
    Configuration configuration;
    configuration.collectors[static_cast<std::size_t>(collector)] = settings;
    return configuration;
}

TEST(Schedule, HasNoNextBeforeItsStart) {
    Schedule schedule;
    EXPECT_FALSE(schedule.started());
    EXPECT_EQ(schedule.next(), std::nullopt);
    schedule.reconfigure(Configuration(), with(Collector::kProcess, {true, Priority::kHigh}),
                         kFirst);
    EXPECT_EQ(schedule.next(), std::nullopt);
}

TEST(Schedule, AllShareTheFirstCollectionThenKeepTheirPeriods) {
    const Configuration configuration;
    Schedule schedule = started(configuration);
    EXPECT_EQ(schedule.next(), kFirst);
    EXPECT_TRUE(schedule.take_due(configuration, kFirst - 1ns).empty());
    EXPECT_EQ(schedule.take_due(configuration, kFirst), kAll);
    for (int i = 1; i < 12; ++i) {
        ASSERT_EQ(schedule.next(), kFirst + i * 2h);
        EXPECT_EQ(schedule.take_due(configuration, kFirst + i * 2h), kMedium) << i;
    }
    EXPECT_EQ(schedule.take_due(configuration, kFirst + 24h), kAll);
}

TEST(Schedule, BeingLateCostsNoRaster) {
    const Configuration configuration;
    Schedule schedule = started(configuration);
    EXPECT_EQ(schedule.take_due(configuration, kFirst + 7h), kAll);
    EXPECT_EQ(schedule.next(), kFirst + 8h);
    EXPECT_EQ(schedule.take_due(configuration, kFirst + 8h), kMedium);
    EXPECT_EQ(schedule.next(), kFirst + 10h);
}

TEST(Schedule, DisabledCollectorsNeverComeDue) {
    Configuration configuration;
    for (CollectorSettings& settings : configuration.collectors) {
        settings.disabled = true;
    }
    EXPECT_EQ(started(configuration).next(), std::nullopt);
}

TEST(Schedule, AChangeRestartsOnlyWhatItTouches) {
    const Configuration before;
    const Configuration after = with(Collector::kProcess, {false, Priority::kHigh});
    Schedule schedule = started(before);
    static_cast<void>(schedule.take_due(before, kFirst));
    schedule.reconfigure(before, after, kFirst + 1h);
    EXPECT_EQ(schedule.next(), kFirst + 90min);
    EXPECT_EQ(schedule.take_due(after, kFirst + 90min), CollectorSet{Collector::kProcess});
    EXPECT_EQ(schedule.take_due(after, kFirst + 2h), kMedium);  // The others as before.
}

TEST(Schedule, ANewIntervalRestartsItsPriorityOnly) {
    const Configuration before;
    Configuration after;
    after.interval_minutes[static_cast<std::size_t>(Priority::kMedium)] = 10;
    Schedule schedule = started(before);
    static_cast<void>(schedule.take_due(before, kFirst));
    schedule.reconfigure(before, after, kFirst + 1h);
    EXPECT_EQ(schedule.next(), kFirst + 70min);
    EXPECT_EQ(schedule.take_due(after, kFirst + 70min), kMedium);
    EXPECT_EQ(schedule.take_due(after, kFirst + 24h - 1ns), kMedium);
    EXPECT_EQ(schedule.take_due(after, kFirst + 24h), kAll);
}

TEST(Schedule, TheFirstCollectionIsNeitherHurriedNorDelayed) {
    const Configuration before;
    const Configuration fast = with(Collector::kHeartbeat, {false, Priority::kHigh});
    Schedule schedule = started(before);
    schedule.reconfigure(before, fast, kFirst - 10s);
    EXPECT_EQ(schedule.next(), kFirst);
    EXPECT_EQ(schedule.take_due(fast, kFirst), kAll);
    EXPECT_EQ(schedule.next(), kFirst + 30min);
}

TEST(Schedule, CollectorsComeAndGo) {
    const Configuration on;
    const Configuration off = with(Collector::kLogin, {true, Priority::kMedium});
    Schedule schedule = started(on);
    static_cast<void>(schedule.take_due(on, kFirst));
    schedule.reconfigure(on, off, kFirst + 1h);
    EXPECT_FALSE(schedule.take_due(off, kFirst + 2h).has(Collector::kLogin));
    schedule.reconfigure(off, on, kFirst + 3h);
    EXPECT_FALSE(schedule.take_due(on, kFirst + 4h).has(Collector::kLogin));
    EXPECT_EQ(schedule.take_due(on, kFirst + 5h), CollectorSet{Collector::kLogin});
}

TEST(Schedule, LatenessIsOneTurnNotMany) {
    const Configuration configuration;
    Schedule schedule = started(configuration);
    static_cast<void>(schedule.take_due(configuration, kFirst + 24h * 365));
    EXPECT_GT(schedule.next(), kFirst + 24h * 365);
}

}  // namespace
}  // namespace twinstorm::agent
