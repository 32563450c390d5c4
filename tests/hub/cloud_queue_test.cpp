#include "hub/cloud_queue.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;
using amqp::DeliveryStatus;

CloudQueued message(std::uint64_t number, Duration life = 1h) {
    CloudQueued result;
    result.number = number;
    result.message_id = "m" + std::to_string(number);
    result.expires = kRunStart + life;
    return result;
}

// What is sent, as `number#packet id`, with `!` for a duplicate.
std::string deliver_all(CloudQueue& queue, std::uint8_t qos) {
    std::string sent;
    while (queue.has_next()) {
        const auto settled = queue.deliver_next(qos, [&](const CloudQueue::Delivery& delivery) {
            sent += std::to_string(delivery.message.number) + "#" +
                    std::to_string(delivery.packet_id) + (delivery.duplicate ? "! " : " ");
        });
        sent += settled ? "done " : "";
    }
    return sent;
}

std::string ids(const std::vector<CloudSettled>& settled) {
    std::string text;
    for (const CloudSettled& one : settled) {
        text += one.message_id + ":" + std::to_string(static_cast<int>(one.status)) + " ";
    }
    return text;
}

TEST(CloudQueue, CompletesAtOnceAtQos0) {
    CloudQueue queue;
    queue.push(message(1));
    queue.push(message(2));
    EXPECT_EQ(deliver_all(queue, 0), "1#0 done 2#0 done ");
    EXPECT_TRUE(queue.empty());
}

TEST(CloudQueue, HoldsWhatIsNotAcknowledged) {
    CloudQueue queue;
    queue.push(message(1));
    queue.push(message(2));
    EXPECT_EQ(deliver_all(queue, 1), "1#1 2#2 ");
    EXPECT_FALSE(queue.acknowledge(3));
    const auto settled = queue.acknowledge(2);
    ASSERT_TRUE(settled);
    EXPECT_EQ(settled->message_id, "m2");
    EXPECT_EQ(settled->status, DeliveryStatus::kSuccess);
    EXPECT_FALSE(queue.acknowledge(2));
    EXPECT_EQ(queue.size(), 1U);
    EXPECT_FALSE(queue.has_next());
}

TEST(CloudQueue, SendsNoMoreThanTheWindow) {
    CloudQueue queue;
    for (std::uint64_t number = 1; number <= kCloudQueueMax; ++number) {
        ASSERT_FALSE(queue.full());
        queue.push(message(number));
    }
    EXPECT_TRUE(queue.full());
    deliver_all(queue, 1);
    EXPECT_FALSE(queue.acknowledge(kCloudInFlightMax + 1));
    ASSERT_TRUE(queue.acknowledge(1));
    EXPECT_EQ(deliver_all(queue, 1), "17#17 ");
}

TEST(CloudQueue, RepeatsInOrderWithTheSameIdsInASession) {
    CloudQueue queue;
    for (std::uint64_t number = 1; number <= 3; ++number) {
        queue.push(message(number));
    }
    deliver_all(queue, 1);
    ASSERT_TRUE(queue.acknowledge(2));
    queue.push(message(4));
    EXPECT_EQ(ids(queue.connection_lost(10)), "");
    EXPECT_FALSE(queue.acknowledge(1));  // Nothing is on its way now.
    EXPECT_EQ(deliver_all(queue, 0), "1#1! 3#3! 4#0 done ");
}

TEST(CloudQueue, BeginsAnewWithoutTheSession) {
    CloudQueue queue;
    queue.push(message(1));
    deliver_all(queue, 1);
    EXPECT_EQ(ids(queue.connection_lost(10)), "");
    queue.forget_session();
    EXPECT_EQ(deliver_all(queue, 1), "1#2 ");
}

TEST(CloudQueue, GivesUpAfterTheLastDelivery) {
    CloudQueue queue;
    queue.push(message(1));
    deliver_all(queue, 1);
    EXPECT_EQ(ids(queue.connection_lost(2)), "");
    deliver_all(queue, 1);
    EXPECT_EQ(ids(queue.connection_lost(2)), "m1:2 ");
    EXPECT_TRUE(queue.empty());
}

TEST(CloudQueue, ExpiresWhatIsNotOnItsWay) {
    CloudQueue queue;
    EXPECT_FALSE(queue.next_expiry());
    queue.push(message(1, 10s));
    deliver_all(queue, 1);
    queue.push(message(2, 20s));
    queue.push(message(3, 15s));
    EXPECT_EQ(queue.next_expiry(), kRunStart + 15s);
    EXPECT_EQ(ids(queue.expire(kRunStart + 15s)), "m3:1 ");
    EXPECT_EQ(ids(queue.expire(kRunStart + 1h)), "m2:1 ");
    EXPECT_EQ(queue.size(), 1U);
    EXPECT_EQ(ids(queue.connection_lost(10)), "");
    EXPECT_EQ(ids(queue.expire(kRunStart + 10s)), "m1:1 ");
}

TEST(CloudQueue, PurgesWhatIsOnItsWayToo) {
    CloudQueue queue;
    queue.push(message(1));
    deliver_all(queue, 1);
    queue.push(message(2));
    EXPECT_EQ(ids(queue.purge()), "m1:4 m2:4 ");
    queue.push(message(3));
    EXPECT_EQ(deliver_all(queue, 1), "3#2 ");
    EXPECT_FALSE(queue.acknowledge(1));  // A late one must not complete another message.
    EXPECT_TRUE(queue.acknowledge(2));
}

TEST(CloudQueue, NeverGivesOutAnIdThatIsTaken) {
    CloudQueue queue;
    queue.push(message(1));
    deliver_all(queue, 1);
    for (std::uint32_t i = 0; i < 65'534; ++i) {
        queue.push(message(i + 2));
        deliver_all(queue, 1);
        ASSERT_TRUE(queue.acknowledge(static_cast<std::uint16_t>(i + 2)));
    }
    queue.push(message(70'000));
    EXPECT_EQ(deliver_all(queue, 1), "70000#2 ");  // Not 0, and not 1, which is on its way.
}

TEST(CloudQueue, RemovesByNumber) {
    CloudQueue queue;
    queue.push(message(7));
    EXPECT_FALSE(queue.remove(6));
    EXPECT_TRUE(queue.remove(7));
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.next_number(), 8U);
}

}  // namespace
}  // namespace twinstorm::hub
