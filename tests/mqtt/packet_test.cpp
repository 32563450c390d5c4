#include "twinstorm/mqtt/packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <vector>

#include "mqtt/examples.h"

namespace twinstorm::mqtt {
namespace {

using testing::ElementsAre;
using namespace std::string_literals;

static_assert(std::forward_iterator<PackedList<Subscription>::Iterator>);
static_assert(std::forward_iterator<PackedList<std::string_view>::Iterator>);

TEST(PackedList, GivesSubscriptionsInOrder) {
    const Raw encoded = field("a/#") + "\x01"s + field("b") + "\x00"s + field("c/+") + "\x02"s;
    const PackedList<Subscription> list(bytes(encoded), 3);
    std::vector<std::string> seen;
    for (const Subscription& subscription : list) {
        seen.push_back(std::string(subscription.filter) + " " + std::to_string(subscription.qos));
    }
    EXPECT_THAT(seen, ElementsAre("a/# 1", "b 0", "c/+ 2"));
    EXPECT_EQ(list.size(), 3U);
}

TEST(PackedList, GivesFiltersInOrder) {
    const Raw long_filter(300, 'x');  // Its length takes both bytes.
    const Raw encoded = field(long_filter) + field("b");
    const PackedList<std::string_view> list(bytes(encoded), 2);
    const std::vector<std::string_view> seen(list.begin(), list.end());
    EXPECT_THAT(seen, ElementsAre(long_filter, "b"));
}

TEST(PackedList, IsEmptyByDefault) {
    const PackedList<Subscription> list;
    EXPECT_EQ(list.size(), 0U);
    EXPECT_TRUE(list.begin() == list.end());
}

}  // namespace
}  // namespace twinstorm::mqtt
