#include "agent/event_cache.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <vector>

#include <gtest/gtest.h>

#include "support/allocations.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;
using host::FlowEvent;
using host::ProcessEvent;

ProcessEvent process(int second, std::uint16_t program) {
    ProcessEvent event;
    event.at = kRunStart + std::chrono::seconds(second);
    event.program = program;
    return event;
}

Identity identity(const ProcessEvent& event) {
    return {event.program, 0};
}

void add(EventCache<ProcessEvent>& cache, int second, std::uint16_t program) {
    const ProcessEvent event = process(second, program);
    cache.add(event, 1, identity(event));
}

std::vector<int> programs(const EventCache<ProcessEvent>& cache) {
    std::vector<int> all;
    for (std::size_t i = 0; i < cache.size(); ++i) {
        all.push_back(cache[i].event.program);
    }
    return all;
}

// Two plays whose events are counted together: whichever is told, both have been.
TEST(EventCache, AnEntryKeepsThePlaysOfAllItsEvents) {
    host::Host host("gw-1", 1, host::Kind::kGateway, {kVirtualEpoch});
    const auto playbook = host::find_playbook("ransomware").value();
    host.play(playbook, kRunStart + 1h, 3);
    host.play(playbook, kRunStart + 2h, 9);
    host::Happenings seen;
    host.look({host::Stream::kProcesses}, kRunStart, kRunStart + 3h, seen);
    EventCache<ProcessEvent> cache;
    cache.begin(256, WhenFull::kDropOldest, seen.processes.size());
    for (const ProcessEvent& event : seen.processes) {
        cache.add(event, 1, identity(event));
    }
    host::PlaySet together = 0;
    for (std::size_t i = 0; i < cache.size(); ++i) {
        const host::PlaySet plays = plays_of(cache[i]);
        EXPECT_TRUE(plays == 0 || plays == (1U << 3 | 1U << 9)) << plays;
        together |= plays;
    }
    EXPECT_NE(together, 0U);
}

TEST(EventCache, EqualEventsRaiseTheHitCountOfTheFirst) {
    EventCache<ProcessEvent> cache;
    cache.begin(256, WhenFull::kDropOldest, 3);
    add(cache, 1, 7);
    add(cache, 2, 8);
    add(cache, 3, 7);
    ASSERT_EQ(cache.size(), 2u);
    EXPECT_EQ(cache[0].hit_count, 2u);
    EXPECT_EQ(cache[0].event.at, kRunStart + 1s);
    EXPECT_EQ(cache[0].last, kRunStart + 3s);
    EXPECT_TRUE(cache[0].aggregated);
    EXPECT_EQ(cache[1].hit_count, 1u);
    EXPECT_EQ(cache.dropped(), 0u);
}

TEST(EventCache, FlowsAddUpTheirBytesAndPackets) {
    EventCache<FlowEvent> cache;
    cache.begin(256, WhenFull::kDropOldest, 2);
    FlowEvent flow;
    flow.bytes_in = 10;
    flow.bytes_out = 1;
    cache.add(flow, 5, {1, 2});
    flow.bytes_in = 20;
    cache.add(flow, 4, {1, 2});
    ASSERT_EQ(cache.size(), 1u);
    EXPECT_EQ(cache[0].hit_count, 9u);
    EXPECT_EQ(cache.events(0), 2u);
    EXPECT_EQ(cache[0].event.bytes_in, 30u);
    EXPECT_EQ(cache[0].event.bytes_out, 2u);
}

TEST(EventCache, TheOldestGivesWayWithAllItsHits) {
    EventCache<ProcessEvent> cache;
    cache.begin(2, WhenFull::kDropOldest, 100);
    add(cache, 1, 1);
    add(cache, 2, 1);
    add(cache, 3, 2);
    add(cache, 4, 3);
    EXPECT_EQ(programs(cache), (std::vector<int>{2, 3}));
    EXPECT_EQ(cache.dropped(), 2u);
    add(cache, 5, 1);  // Begins anew.
    EXPECT_EQ(programs(cache), (std::vector<int>{3, 1}));
    EXPECT_EQ(cache[1].hit_count, 1u);
    EXPECT_EQ(cache.dropped(), 3u);
}

TEST(EventCache, OrNoNewEntryBegins) {
    EventCache<ProcessEvent> cache;
    cache.begin(2, WhenFull::kDropNew, 100);
    add(cache, 1, 1);
    add(cache, 2, 2);
    add(cache, 3, 3);
    add(cache, 4, 1);  // A known one still counts.
    EXPECT_EQ(programs(cache), (std::vector<int>{1, 2}));
    EXPECT_EQ(cache[0].hit_count, 2u);
    EXPECT_EQ(cache.dropped(), 1u);
}

// The index has to find what a plain walk would find, also after many have given way.
TEST(EventCache, AgreesWithAWalk) {
    for (const std::size_t capacity : {1u, 2u, 3u, 17u, 256u}) {
        EventCache<ProcessEvent> cache;
        cache.begin(capacity, WhenFull::kDropOldest, 20'000);
        std::deque<std::pair<std::uint16_t, std::uint32_t>> walk;
        std::uint64_t dropped = 0;
        Random random(capacity);
        for (int i = 0; i < 20'000; ++i) {
            const auto program = static_cast<std::uint16_t>(random.below(2 * capacity + 3));
            add(cache, i, program);
            const auto known =
                std::ranges::find(walk, program, &std::pair<std::uint16_t, std::uint32_t>::first);
            if (known != walk.end()) {
                ++known->second;
                continue;
            }
            if (walk.size() == capacity) {
                dropped += walk.front().second;
                walk.pop_front();
            }
            walk.emplace_back(program, 1);
        }
        ASSERT_EQ(cache.size(), walk.size());
        EXPECT_EQ(cache.dropped(), dropped);
        for (std::size_t i = 0; i < walk.size(); ++i) {
            EXPECT_EQ(cache[i].event.program, walk[i].first);
            EXPECT_EQ(cache[i].hit_count, walk[i].second);
        }
    }
}

TEST(EventCache, AllocatesNothingOnceWarm) {
    EventCache<ProcessEvent> cache;
    const auto fill = [&cache] {
        cache.begin(256, WhenFull::kDropOldest, 1'000);
        for (int i = 0; i < 1'000; ++i) {
            add(cache, i, static_cast<std::uint16_t>(i * 7919));
        }
    };
    fill();
    const std::uint64_t before = support::allocations();
    fill();
    EXPECT_EQ(support::allocations(), before);
}

TEST(EventCache, ACapacityOfNoneIsOne) {
    EventCache<ProcessEvent> cache;
    cache.begin(0, WhenFull::kDropOldest, 0);
    add(cache, 1, 1);
    EXPECT_EQ(cache.size(), 1u);
}

}  // namespace
}  // namespace twinstorm::agent
