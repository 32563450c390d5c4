#include "hub/feedback_queue.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fake_loop.h"

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;
using amqp::Settlement;

class FeedbackQueueTest : public ::testing::Test {
protected:
    void add(const std::string& id) {
        queue_.add({id, "d", "1", amqp::DeliveryStatus::kSuccess, now().wall}, now());
    }
    void add_batch(const std::string& id) {
        for (std::size_t i = 0; i < kFeedbackBatchMax; ++i) {
            add(id);
        }
    }
    Instant now() { return common_.instant(loop_.now()); }

    testing::FakeLoop loop_;
    Common common_{Options{}, WallAnchor{kVirtualEpoch}, kRunStart, 1};
    Agenda agenda_{loop_};
    FeedbackQueue queue_{common_, agenda_};
};

TEST_F(FeedbackQueueTest, GivesABatchWhenItIsFull) {
    for (std::size_t i = 0; i + 1 < kFeedbackBatchMax; ++i) {
        add("a");
    }
    EXPECT_FALSE(queue_.take(now()));
    add("last");
    const auto batch = queue_.take(now());
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->records.size(), 64U);
    EXPECT_EQ(batch->records.back().original_message_id, "last");
    loop_.pass(15s);
    EXPECT_FALSE(queue_.take(now()));  // An empty one is never made.
}

TEST_F(FeedbackQueueTest, GivesABatchAfter15Seconds) {
    add("a");
    loop_.pass(14s);
    add("b");
    loop_.pass(1s - 1ns);
    EXPECT_FALSE(queue_.take(now()));
    loop_.pass(1ns);
    const auto batch = queue_.take(now());
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->records.size(), 2U);
    EXPECT_EQ(batch->enqueued, kVirtualEpoch + 15s);
}

TEST_F(FeedbackQueueTest, LocksABatchUntilItIsSettled) {
    add_batch("a");
    add_batch("b");
    const auto first = queue_.take(now());
    const auto second = queue_.take(now());
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->lock, second->lock);
    EXPECT_FALSE(queue_.take(now()));
    EXPECT_TRUE(queue_.settle(first->lock, Settlement::kReleased, now()));
    EXPECT_FALSE(queue_.settle(first->lock, Settlement::kAccepted, now()));
    EXPECT_TRUE(queue_.settle(second->lock, Settlement::kAccepted, now()));
    const auto again = queue_.take(now());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->records.front().original_message_id, "a");
    EXPECT_TRUE(queue_.settle(again->lock, Settlement::kRejected, now()));
    EXPECT_FALSE(queue_.take(now()));
    EXPECT_FALSE(queue_.settle(0, Settlement::kAccepted, now()));
}

TEST_F(FeedbackQueueTest, TakesALockBackAfterAMinute) {
    add_batch("a");
    const auto first = queue_.take(now());
    ASSERT_TRUE(first);
    loop_.pass(60s - 1ns);
    EXPECT_FALSE(queue_.take(now()));
    loop_.pass(1ns);
    EXPECT_FALSE(queue_.settle(first->lock, Settlement::kAccepted, now()));
    EXPECT_TRUE(queue_.take(now()));
}

TEST_F(FeedbackQueueTest, GivesABatchUpAfterTenDeliveries) {
    add_batch("a");
    for (int i = 0; i < 10; ++i) {
        const auto batch = queue_.take(now());
        ASSERT_TRUE(batch) << i;
        EXPECT_TRUE(queue_.settle(batch->lock, Settlement::kReleased, now()));
    }
    EXPECT_FALSE(queue_.take(now()));
    EXPECT_EQ(queue_.counts().lost, 1U);
}

TEST_F(FeedbackQueueTest, ForgetsWhatNobodyTookInAnHour) {
    add_batch("a");
    loop_.pass(1h);
    EXPECT_FALSE(queue_.take(now()));
}

TEST_F(FeedbackQueueTest, KeepsNoMoreThanItsLimit) {
    for (std::size_t i = 0; i <= kFeedbackBatchesMax; ++i) {
        add_batch(std::to_string(i));
    }
    EXPECT_EQ(queue_.counts().lost, 1U);
    EXPECT_EQ(queue_.take(now())->records.front().original_message_id, "1");
}

TEST_F(FeedbackQueueTest, TellsWhoWaits) {
    int told = 0;
    auto watch = queue_.watch([&told] { ++told; });
    add("a");
    EXPECT_EQ(told, 0);
    loop_.pass(15s);
    EXPECT_EQ(told, 1);
    watch = queue_.watch([&told] { ++told; });  // There is one: at once.
    EXPECT_EQ(told, 2);
    const auto batch = queue_.take(now());
    ASSERT_TRUE(batch);
    watch = queue_.watch([&told] { ++told; });
    EXPECT_EQ(told, 2);
    EXPECT_TRUE(queue_.settle(batch->lock, Settlement::kReleased, now()));
    EXPECT_EQ(told, 3);
    watch.reset();
    add_batch("b");
    EXPECT_EQ(told, 3);
}

}  // namespace
}  // namespace twinstorm::hub
