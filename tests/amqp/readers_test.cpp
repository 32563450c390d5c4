#include "amqp/readers.h"

#include <vector>

#include <gtest/gtest.h>

#include "amqp/limits.h"

namespace twinstorm::amqp {
namespace {

class ReadersTest : public ::testing::Test {
protected:
    auto enter(std::optional<std::int64_t> epoch, int partition = 0) {
        return readers_.enter({.partition = partition,
                               .group = "g",
                               .epoch = epoch,
                               .stolen = [this, epoch](const Condition& why) {
                                   EXPECT_EQ(why.name, condition::kLinkStolen);
                                   stolen_.push_back(epoch.value_or(-1));
                               }});
    }

    Readers readers_;
    std::vector<std::int64_t> stolen_;
};

TEST_F(ReadersTest, CountsSeats) {
    auto one = enter({});
    EXPECT_EQ(readers_.count(), 1U);
    one->reset();
    EXPECT_EQ(readers_.count(), 0U);
}

TEST_F(ReadersTest, TellsEachVictimOnce) {
    const auto one = enter({});
    const auto two = enter({});
    const auto low = enter(1);
    const auto high = enter(2);
    EXPECT_EQ(stolen_, (std::vector<std::int64_t>{-1, -1, 1}));
    EXPECT_FALSE(enter(1).has_value());
    EXPECT_FALSE(enter({}).has_value());
    EXPECT_EQ(stolen_.size(), 3U);
}

TEST_F(ReadersTest, PartitionsAreApart) {
    const auto one = enter(5, 0);
    EXPECT_TRUE(enter(1, 1).has_value());
    EXPECT_TRUE(stolen_.empty());
}

TEST_F(ReadersTest, OnlySoManyWithoutAnEpoch) {
    std::vector<tl::expected<std::unique_ptr<Readers::Seat>, Condition>> seats;
    for (std::size_t i = 0; i < kReadersMax; ++i) {
        seats.push_back(enter({}));
        EXPECT_TRUE(seats.back().has_value());
    }
    EXPECT_EQ(enter({}).error().name, condition::kResourceLimitExceeded);
    seats.pop_back();
    EXPECT_TRUE(enter({}).has_value());
}

TEST_F(ReadersTest, SeatsMayOutliveTheReaders) {
    auto readers = std::make_unique<Readers>();
    const auto seat = readers->enter({.partition = 0, .group = "g"});
    readers.reset();
    EXPECT_TRUE(seat.has_value());
}

}  // namespace
}  // namespace twinstorm::amqp
