#include "twinstorm/events/partition.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/arrivals.h"
#include "support/allocations.h"

namespace twinstorm::events {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Position::Kind;

constexpr WallTime kNow = kVirtualEpoch;
constexpr ReadLimits kAll{.events_max = 1000, .bytes_max = 1'000'000};

[[nodiscard]] std::vector<std::int64_t> numbers(const Batch& batch) {
    std::vector<std::int64_t> numbers;
    for (const Event& event : batch.events) {
        numbers.push_back(event.sequence_number);
    }
    return numbers;
}

// Events one second apart.
void fill(Partition& partition, int count) {
    for (int i = 0; i < count; ++i) {
        const auto number = partition.append(telemetry("body " + std::to_string(i)), kNow + i * 1s);
        ASSERT_EQ(number, partition.info().last_sequence_number);
    }
}

// Room for about five events a chunk, and three chunks.
[[nodiscard]] Partition::Options small() {
    return {.hub_name = "hub1", .bytes_max = 3 * 512, .chunk_bytes = 512};
}

TEST(Partition, IsEmptyAtFirst) {
    const Partition partition({.hub_name = "hub1"});
    EXPECT_TRUE(partition.info().empty);
    EXPECT_EQ(partition.info().begin_sequence_number, 0);
    EXPECT_EQ(partition.info().last_sequence_number, -1);
    EXPECT_EQ(partition.info().last_offset, -1);
    EXPECT_EQ(partition.bytes_held(), 0U);
    const Batch batch = partition.read({}, kAll);
    EXPECT_THAT(batch.events, IsEmpty());
    EXPECT_EQ(batch.awaited, 0);
}

TEST(Partition, CountsFromZeroAndOffsetsRise) {
    Partition partition({.hub_name = "hub1"});
    fill(partition, 3);
    const Batch batch = partition.read({}, kAll);
    EXPECT_THAT(numbers(batch), ElementsAre(0, 1, 2));
    EXPECT_EQ(batch.events[0].offset, 0);
    EXPECT_LT(batch.events[0].offset, batch.events[1].offset);
    EXPECT_EQ(partition.info().last_offset, batch.events[2].offset);
    EXPECT_EQ(partition.info().last_enqueued, kNow + 2s);
    EXPECT_EQ(text_of(batch.events[2].body), "body 2");
}

TEST(Partition, ReadsOnWhereItStopped) {
    Partition partition(small());
    fill(partition, 12);
    Position at;
    std::vector<std::int64_t> seen;
    for (;;) {
        const Batch batch = partition.read(at, {.events_max = 5, .bytes_max = 1'000'000});
        if (batch.events.empty()) {
            EXPECT_EQ(batch.awaited, 12);
            EXPECT_EQ(batch.next, at);
            break;
        }
        for (const std::int64_t number : numbers(batch)) {
            seen.push_back(number);
        }
        at = batch.next;
    }
    EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    partition.append(telemetry("late"), kNow + 20s);
    EXPECT_THAT(numbers(partition.read(at, kAll)), ElementsAre(12));
}

TEST(Partition, LimitsAReadByEventsAndBytesButGivesOne) {
    Partition partition({.hub_name = "hub1"});
    fill(partition, 5);
    EXPECT_THAT(numbers(partition.read({}, {.events_max = 2, .bytes_max = 100'000})),
                ElementsAre(0, 1));
    EXPECT_THAT(numbers(partition.read({}, {.events_max = 9, .bytes_max = 1})), ElementsAre(0));
    EXPECT_THAT(numbers(partition.read({}, {.events_max = 0, .bytes_max = 100'000})), IsEmpty());
}

TEST(Partition, FindsPositions) {
    Partition partition(small());
    fill(partition, 8);
    const auto first = [&partition](Kind kind, std::int64_t value, bool inclusive) {
        const Batch batch = partition.read({.kind = kind, .value = value, .inclusive = inclusive},
                                           {.events_max = 1, .bytes_max = 1});
        return batch.events.empty() ? -1 : batch.events[0].sequence_number;
    };
    EXPECT_EQ(first(Kind::kSequenceNumber, 3, true), 3);
    EXPECT_EQ(first(Kind::kSequenceNumber, 3, false), 4);
    EXPECT_EQ(first(Kind::kSequenceNumber, 8, true), -1);
    EXPECT_EQ(first(Kind::kOffset, -1, false), 0);
    const std::int64_t offset = partition.read({}, kAll).events.at(6).offset;
    EXPECT_EQ(first(Kind::kOffset, offset, true), 6);
    EXPECT_EQ(first(Kind::kOffset, offset, false), 7);
    EXPECT_EQ(first(Kind::kOffset, offset - 1, true), 6) << "an offset within a record";
    const std::int64_t epoch_ms = kNow.time_since_epoch() / 1ms;
    EXPECT_EQ(first(Kind::kEnqueuedTime, epoch_ms + 2'000, true), 2);
    EXPECT_EQ(first(Kind::kEnqueuedTime, epoch_ms + 2'000, false), 3);
    EXPECT_EQ(first(Kind::kEnqueuedTime, epoch_ms + 2'500, true), 3);
    EXPECT_EQ(first(Kind::kEnqueuedTime, epoch_ms + 99'000, true), -1);
}

TEST(Partition, TheLatestIsAfterTheLastOfNow) {
    Partition partition({.hub_name = "hub1"});
    fill(partition, 2);
    const Batch batch = partition.read({.kind = Kind::kLatest}, kAll);
    EXPECT_THAT(batch.events, IsEmpty());
    EXPECT_EQ(batch.awaited, 2);
    fill(partition, 1);
    EXPECT_THAT(numbers(partition.read(batch.next, kAll)), ElementsAre(2));
}

TEST(Partition, APositionInTheFutureWaits) {
    Partition partition({.hub_name = "hub1"});
    fill(partition, 2);
    const Position future{.kind = Kind::kSequenceNumber, .value = 5};
    EXPECT_EQ(partition.read(future, kAll).next, future);
    fill(partition, 4);
    EXPECT_THAT(numbers(partition.read(future, kAll)), ElementsAre(5));
}

TEST(Partition, LetsTheOldestGoWhenFull) {
    Partition partition(small());
    fill(partition, 100);
    EXPECT_LE(partition.bytes_held(), 4U * 512U);
    const PartitionInfo info = partition.info();
    EXPECT_EQ(info.last_sequence_number, 99);
    EXPECT_GT(info.begin_sequence_number, 80);
    EXPECT_EQ(partition.let_go(), static_cast<std::uint64_t>(info.begin_sequence_number));
    const Batch batch = partition.read({.kind = Kind::kSequenceNumber, .value = 1}, kAll);
    EXPECT_EQ(numbers(batch).front(), info.begin_sequence_number);
    EXPECT_EQ(numbers(batch).back(), 99);
}

TEST(Partition, LetsGoWhatIsPastRetention) {
    auto options = small();
    options.retention = 10s;
    Partition partition(options);
    fill(partition, 3);
    partition.expire(kNow + 12s);
    EXPECT_FALSE(partition.info().empty);
    partition.expire(kNow + 13s);
    EXPECT_TRUE(partition.info().empty);
    EXPECT_EQ(partition.info().begin_sequence_number, 3);
    EXPECT_EQ(partition.let_go(), 3U);
    EXPECT_THAT(partition.read({}, kAll).events, IsEmpty());
    EXPECT_EQ(partition.append(telemetry("x"), kNow + 20s), 3);
    EXPECT_THAT(numbers(partition.read({}, kAll)), ElementsAre(3));
}

TEST(Partition, OffsetsGoOnOverAllThatWasLetGo) {
    auto options = small();
    options.retention = 1s;
    Partition partition(options);
    partition.append(telemetry("x"), kNow);
    const std::int64_t before = partition.info().last_offset;
    partition.append(telemetry("x"), kNow + 10s);
    EXPECT_GT(partition.info().last_offset, before);
}

TEST(Partition, RefusesWhatFitsIntoNoChunk) {
    Partition partition(small());
    EXPECT_EQ(partition.append(telemetry(std::string(600, 'x')), kNow), std::nullopt);
    EXPECT_EQ(partition.oversize(), 1U);
    EXPECT_EQ(partition.append(telemetry("x"), kNow), 0);
}

TEST(Partition, AStrangeHintIsOnlyAHint) {
    Partition partition(small());
    fill(partition, 8);
    Position position{.kind = Kind::kSequenceNumber, .value = 4};
    for (const std::int64_t hint : {-5, 0, 8, 64, 400, 100'000}) {
        position.offset_hint = hint;
        EXPECT_EQ(numbers(partition.read(position, kAll)).at(0), 4) << hint;
    }
}

TEST(Partition, DoesNotAllocateOnceWarm) {
    Partition partition(small());
    fill(partition, 50);
    const Arrival arrival = telemetry("a body", "%24.mid=1");
    const std::uint64_t before = support::allocations();
    for (int i = 0; i < 50; ++i) {
        partition.append(arrival, kNow + 60s);
    }
    EXPECT_EQ(support::allocations(), before);
}

}  // namespace
}  // namespace twinstorm::events
