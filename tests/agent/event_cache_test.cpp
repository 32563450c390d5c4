#include "agent/event_cache.h"

#include <gtest/gtest.h>

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

ProcessEvent process(std::uint16_t kind, Duration at = 0s) {
    ProcessEvent event;
    event.kind = kind;
    event.first = event.last = kRunStart + at;
    return event;
}

FlowEvent flow(std::uint16_t local_port) {
    FlowEvent event;
    event.local_port = local_port;
    event.hit_count = 3;
    event.bytes_in = 10;
    event.bytes_out = 1;
    return event;
}

TEST(EventCache, EqualProcessesRaiseTheHitCount) {
    EventCache<ProcessEvent, 4> cache(4);
    cache.add(process(1, 1s));
    cache.add(process(2, 2s));
    cache.add(process(1, 3s));
    ASSERT_EQ(cache.size(), 2u);
    EXPECT_EQ(cache[0].hit_count, 2u);
    EXPECT_EQ(cache[0].first, kRunStart + 1s);
    EXPECT_EQ(cache[0].last, kRunStart + 3s);
    EXPECT_EQ(cache[1].hit_count, 1u);
}

TEST(EventCache, EqualFlowsAddTheirPacketsAndBytes) {
    EventCache<FlowEvent, 4> cache(4);
    cache.add(flow(1000));
    cache.add(flow(1000));
    cache.add(flow(1001));
    ASSERT_EQ(cache.size(), 2u);
    EXPECT_EQ(cache[0].hit_count, 6u);
    EXPECT_EQ(cache[0].bytes_in, 20u);
    EXPECT_EQ(cache[0].bytes_out, 2u);
}

TEST(EventCache, FlowsDifferByEachPartOfTheirIdentity) {
    EventCache<FlowEvent, 8> cache(8);
    FlowEvent event = flow(1000);
    cache.add(event);
    event.remote_port = 1;
    cache.add(event);
    event.remote_address = 1;
    cache.add(event);
    event.kind = 1;
    cache.add(event);
    EXPECT_EQ(cache.size(), 4u);
}

TEST(EventCache, LoginsAreNeverAggregated) {
    EventCache<LoginEvent, 4> cache(4);
    cache.add(LoginEvent());
    cache.add(LoginEvent());
    EXPECT_EQ(cache.size(), 2u);
}

TEST(EventCache, AFullCacheDropsItsOldest) {
    EventCache<ProcessEvent, 3> cache(3);
    for (std::uint16_t kind = 0; kind < 8; ++kind) {
        cache.add(process(kind));
    }
    ASSERT_EQ(cache.size(), 3u);
    EXPECT_EQ(cache[0].kind, 5);
    EXPECT_EQ(cache[1].kind, 6);
    EXPECT_EQ(cache[2].kind, 7);
    EXPECT_EQ(cache.dropped(), 5u);
}

TEST(EventCache, TheTwinMayAskForLessButNotForMore) {
    EventCache<ProcessEvent, 3> small(1);
    EventCache<ProcessEvent, 3> large(1000);
    for (std::uint16_t kind = 0; kind < 8; ++kind) {
        small.add(process(kind));
        large.add(process(kind));
    }
    EXPECT_EQ(small.size(), 1u);
    EXPECT_EQ(small[0].kind, 7);
    EXPECT_EQ(large.size(), 3u);
}

TEST(EventCache, KeepsTheNewest) {
    EventCache<ProcessEvent, 4> cache(4);
    for (std::uint16_t kind = 0; kind < 6; ++kind) {
        cache.add(process(kind));
    }
    cache.keep_newest(9);
    EXPECT_EQ(cache.size(), 4u);
    cache.keep_newest(2);
    ASSERT_EQ(cache.size(), 2u);
    EXPECT_EQ(cache[0].kind, 4);
    EXPECT_EQ(cache[1].kind, 5);
    EXPECT_EQ(cache.dropped(), 4u);
    cache.keep_newest(0);
    EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace twinstorm::agent
