#include "twinstorm/net/deadline_queue.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include <gtest/gtest.h>

#include "twinstorm/base/seed.h"

namespace twinstorm::net {
namespace {

using namespace std::chrono_literals;

TEST(DeadlineQueue, ServesInOrderOfTimeThenOfEntry) {
    DeadlineQueue queue;
    queue.set(3, kRunStart + 2s);
    queue.set(1, kRunStart + 2s);
    queue.set(2, kRunStart + 1s);

    EXPECT_EQ(queue.earliest(), kRunStart + 1s);
    EXPECT_FALSE(queue.pop_due(kRunStart + 999ms));
    EXPECT_EQ(queue.pop_due(kRunStart + 3s), 2u);
    EXPECT_EQ(queue.pop_due(kRunStart + 3s), 1u);
    EXPECT_EQ(queue.pop_due(kRunStart + 3s), 3u);
    EXPECT_FALSE(queue.pop_due(kRunStart + 3s));
    EXPECT_FALSE(queue.earliest());
}

TEST(DeadlineQueue, ADeadlineCanMoveBothWaysAndGo) {
    DeadlineQueue queue;
    queue.set(0, kRunStart + 5s);
    queue.set(1, kRunStart + 6s);
    queue.set(0, kRunStart + 7s);
    EXPECT_EQ(queue.earliest(), kRunStart + 6s);
    queue.set(0, kRunStart + 1s);
    EXPECT_EQ(queue.earliest(), kRunStart + 1s);
    queue.clear(0);
    queue.clear(0);
    EXPECT_EQ(queue.earliest(), kRunStart + 6s);
}

// Against a plain map, over many random changes.
// As connections do it: deadlines minutes and hours ahead, put off again and again.
TEST(DeadlineQueue, AgreesWithASortedMapFarAhead) {
    Random random(43);
    DeadlineQueue queue;
    std::map<DeadlineQueue::Entry, TimePoint> model;
    constexpr std::int64_t kHours[] = {0, 1, 3};
    TimePoint now = kRunStart;
    for (int step = 0; step < 40'000; ++step) {
        const auto entry = static_cast<DeadlineQueue::Entry>(random.below(200));
        if (random.below(8) == 0) {
            queue.clear(entry);
            model.erase(entry);
        } else {
            const TimePoint deadline = now + std::chrono::hours(kHours[random.below(3)]) +
                                       Duration(random.below(400'000'000'000));
            queue.set(entry, deadline);
            model[entry] = deadline;
        }
        if (step % 4 == 0 && !model.empty()) {
            const auto first = std::ranges::min_element(
                model, {}, [](const auto& one) { return std::pair(one.second, one.first); });
            ASSERT_EQ(queue.earliest(), first->second);
            now = std::max(now, first->second);
            ASSERT_EQ(queue.pop_due(now), first->first);
            model.erase(first);
        }
    }
}

TEST(DeadlineQueue, AgreesWithASortedMap) {
    Random random(42);
    DeadlineQueue queue;
    std::map<DeadlineQueue::Entry, TimePoint> model;
    for (int step = 0; step < 20'000; ++step) {
        const auto entry = static_cast<DeadlineQueue::Entry>(random.below(200));
        if (random.below(4) == 0) {
            queue.clear(entry);
            model.erase(entry);
        } else {
            const TimePoint deadline = kRunStart + Duration(random.below(1'000));
            queue.set(entry, deadline);
            model[entry] = deadline;
        }
        if (step % 10 == 0) {
            const TimePoint now = kRunStart + Duration(random.below(1'000));
            auto first = model.end();
            for (auto it = model.begin(); it != model.end(); ++it) {
                if (it->second <= now && (first == model.end() || it->second < first->second)) {
                    first = it;
                }
            }
            const auto popped = queue.pop_due(now);
            ASSERT_EQ(popped.has_value(), first != model.end());
            if (popped) {
                ASSERT_EQ(*popped, first->first);
                model.erase(first);
            }
        }
    }
}

}  // namespace
}  // namespace twinstorm::net
