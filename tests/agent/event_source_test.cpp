#include "twinstorm/agent/event_source.h"

#include <gtest/gtest.h>

#include "agent/event.h"
#include "agent/event_cache.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

constexpr CollectorSet kAll{Collector::kLogin, Collector::kNetworkActivity, Collector::kProcess};

struct Device {
    explicit Device(std::uint64_t seed) : profile(make_profile("gw", seed)), source(seed) {
        profile.pace = 1;
        source.start(configuration, profile, kRunStart);
    }

    GatheredEvents gather(CollectorSet which, TimePoint until) {
        GatheredEvents events(configuration);
        source.gather(which, profile, until, events);
        return events;
    }

    Configuration configuration;
    DeviceProfile profile;
    EventSource source;
};

std::uint64_t hits(const GatheredEvents& events) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < events.processes.size(); ++i) {
        sum += events.processes[i].hit_count;
    }
    return sum;
}

TEST(EventSource, EventsComeAtTheirRates) {
    std::uint64_t processes = 0;
    std::uint64_t flows = 0;
    std::uint64_t logins = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        Device device(seed);
        const GatheredEvents events = device.gather(kAll, kRunStart + 4h);
        processes += hits(events);
        flows += events.flows.size();
        logins += events.logins.size();
    }
    // 1,600 device hours at 20 and 0.5 an hour: within five standard deviations.
    EXPECT_NEAR(static_cast<double>(processes), 32'000, 900);
    EXPECT_NEAR(static_cast<double>(logins), 800, 142);
    EXPECT_GT(flows, 24'000u);  // Fewer than the 48,000 drawn: some are equal.
    EXPECT_LT(flows, 48'000u);
}

TEST(EventSource, EventsLieInTheirIntervalInOrder) {
    Device device(3);
    static_cast<void>(device.gather(kAll, kRunStart + 10h));
    GatheredEvents events = device.gather({Collector::kLogin}, kRunStart + 40h);
    ASSERT_GT(events.logins.size(), 2u);
    TimePoint previous = kRunStart + 10h;
    for (std::size_t i = 0; i < events.logins.size(); ++i) {
        EXPECT_GE(events.logins[i].first, previous);
        previous = events.logins[i].first;
    }
    EXPECT_LT(previous, kRunStart + 40h);
}

TEST(EventSource, NothingIsGatheredTwice) {
    Device device(4);
    EXPECT_FALSE(device.gather(kAll, kRunStart + 24h).empty());
    EXPECT_TRUE(device.gather(kAll, kRunStart + 24h).empty());
}

TEST(EventSource, OnlyTheChosenCollectorsAreGathered) {
    Device device(5);
    const GatheredEvents first = device.gather({Collector::kProcess}, kRunStart + 24h);
    EXPECT_GT(first.processes.size(), 0u);
    EXPECT_EQ(first.flows.size(), 0u);
    EXPECT_EQ(first.logins.size(), 0u);
    const GatheredEvents rest = device.gather(kAll, kRunStart + 24h);
    EXPECT_EQ(rest.processes.size(), 0u);
    EXPECT_GT(rest.flows.size(), 0u);
}

TEST(EventSource, NothingHappensWhileDisabled) {
    Device device(6);
    auto& process = device.configuration.collectors[static_cast<std::size_t>(Collector::kProcess)];
    process.disabled = true;
    device.source.reconfigure(device.configuration, device.profile, kRunStart);
    EXPECT_EQ(device.gather(kAll, kRunStart + 100h).processes.size(), 0u);
    process.disabled = false;
    device.source.reconfigure(device.configuration, device.profile, kRunStart + 100h);
    const GatheredEvents events = device.gather(kAll, kRunStart + 104h);
    ASSERT_GT(events.processes.size(), 0u);
    EXPECT_GE(events.processes[0].first, kRunStart + 100h);
}

TEST(EventSource, ProcessIdsGrow) {
    Device device(7);
    std::uint32_t previous = 0;
    for (int i = 0; i < 100; ++i) {
        GatheredEvents events(device.configuration);
        device.source.add_one(Collector::kProcess, device.profile, kRunStart, events);
        EXPECT_GT(events.processes[0].process_id, previous);
        previous = events.processes[0].process_id;
    }
}

TEST(EventSource, NobodyLogsOutWhoIsNotLoggedIn) {
    Device device(8);
    int sessions = 0;
    for (int i = 0; i < 2'000; ++i) {
        GatheredEvents events(device.configuration);
        device.source.add_one(Collector::kLogin, device.profile, kRunStart, events);
        const LoginEvent& login = events.logins[0];
        sessions += login.operation == LoginOperation::kLogin    ? 1
                    : login.operation == LoginOperation::kLogout ? -1
                                                                 : 0;
        ASSERT_GE(sessions, 0);
        ASSERT_LE(sessions, 4);
    }
}

TEST(EventSource, AVeryLongSilenceIsBoundedAndCounted) {
    Device device(9);
    const TimePoint now = kRunStart + 24h * 365 * 10;
    const GatheredEvents events = device.gather(kAll, now);
    // 20 processes an hour for ten years are 1,752,000; 30 flows 2,628,000; 0.5 logins 43,800.
    EXPECT_NEAR(static_cast<double>(device.source.dropped()), 4'411'512, 10);
    EXPECT_NEAR(static_cast<double>(hits(events)), EventSource::kEventsDrawnMax, 320);
    EXPECT_EQ(events.flows.size(), kCacheEntriesMax);
    EXPECT_EQ(events.logins.size(), kLoginEntriesMax);
    EXPECT_TRUE(device.gather(kAll, now).empty());
}

}  // namespace
}  // namespace twinstorm::agent
