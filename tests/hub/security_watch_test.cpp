#include "hub/security_watch.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

using defender::Reason;

const iothub::IdentityName kOne{"gw-1", "agent"};
const iothub::IdentityName kTwo{"gw-2", "agent"};
constexpr std::string_view kLogins = R"({"Events":[{"Name":"Login"},{"Name":"Login"}]})";

WallTime at(int seconds) {
    return WallTime{} + std::chrono::seconds(seconds);
}

std::string bag(int sequence) {
    return "%24.mid=gw-" + std::to_string(sequence) + "&%24.ce=application%2fjson";
}

TEST(SecurityWatch, KeepsTheWatchedAlone) {
    SecurityWatch watch;
    watch.record(kOne, bag(1), kLogins, Reason::kAccepted, at(1));
    ASSERT_TRUE(watch.watch(kOne));
    watch.record(kOne, bag(2), kLogins, Reason::kAccepted, at(2));
    watch.record(kTwo, bag(3), kLogins, Reason::kAccepted, at(3));
    ASSERT_EQ(watch.rows().size(), 1U);
    const SecurityWatch::Row& row = watch.rows().at(kOne);
    EXPECT_EQ(row.received, 1U);
    ASSERT_EQ(row.messages.size(), 1U);
    EXPECT_EQ(row.messages[0].id, "gw-2");
    EXPECT_EQ(row.messages[0].at, at(2));
    ASSERT_EQ(row.messages[0].events.size(), 1U);
    EXPECT_EQ(watch.name(row.messages[0].events[0]), "Login");
    EXPECT_EQ(row.messages[0].events[0].count, 2U);
}

TEST(SecurityWatch, TellsWhatCameAgainAndWhatWasIgnored) {
    SecurityWatch watch;
    ASSERT_TRUE(watch.watch(kOne));
    watch.record(kOne, bag(1), kLogins, Reason::kAccepted, at(1));
    watch.record(kOne, bag(2), "{", Reason::kNotJson, at(2));
    watch.record(kOne, bag(1), kLogins, Reason::kAccepted, at(3));
    const SecurityWatch::Row& row = watch.rows().at(kOne);
    EXPECT_EQ(row.received, 3U);
    ASSERT_EQ(row.messages.size(), 2U);
    EXPECT_EQ(row.messages[0].received, 2U);
    EXPECT_EQ(row.messages[0].at, at(1));
    EXPECT_EQ(row.messages[1].verdict, Reason::kNotJson);
    EXPECT_TRUE(row.messages[1].events.empty());
}

TEST(SecurityWatch, MessagesWithoutAnIdAreNeverTheSame) {
    SecurityWatch watch;
    ASSERT_TRUE(watch.watch(kOne));
    watch.record(kOne, "a=b", kLogins, Reason::kAccepted, at(1));
    watch.record(kOne, "a=b", kLogins, Reason::kAccepted, at(1));
    EXPECT_EQ(watch.rows().at(kOne).messages.size(), 2U);
}

TEST(SecurityWatch, TheOldestGiveWayAndAreCounted) {
    SecurityWatch watch;
    ASSERT_TRUE(watch.watch(kOne));
    for (int i = 0; i < static_cast<int>(kWatchedMessagesMax) + 5; ++i) {
        watch.record(kOne, bag(i), "{}", Reason::kMissingMember, at(i));
    }
    const SecurityWatch::Row& row = watch.rows().at(kOne);
    EXPECT_EQ(row.messages.size(), kWatchedMessagesMax);
    EXPECT_EQ(row.messages.front().id, "gw-5");
    EXPECT_EQ(row.forgotten, 5U);
    EXPECT_EQ(row.received, kWatchedMessagesMax + 5);
}

TEST(SecurityWatch, NamesOfEventsAreBounded) {
    SecurityWatch watch;
    ASSERT_TRUE(watch.watch(kOne));
    const auto named = [](std::size_t i) {
        return R"({"Events":[{"Name":"n)" + std::to_string(i) + "\"}]}";
    };
    for (std::size_t i = 0; i < kWatchedNamesMax + 5; ++i) {
        watch.record(kOne, bag(static_cast<int>(i)), named(i), Reason::kUnknownEvent, at(1));
    }
    const auto& messages = watch.rows().at(kOne).messages;
    EXPECT_EQ(watch.name(messages.front().events[0]), "n0");
    EXPECT_EQ(watch.name(messages.back().events[0]), "other");
}

TEST(SecurityWatch, HasRoomForSoManyIdentities) {
    SecurityWatch watch;
    for (std::size_t i = 0; i < kWatchedIdentitiesMax; ++i) {
        ASSERT_TRUE(watch.watch({"gw-" + std::to_string(i), "agent"}));
    }
    EXPECT_FALSE(watch.watch({"one-more", "agent"}));
    EXPECT_TRUE(watch.watch({"gw-7", "agent"}));  // It is there already.
    watch.clear(at(9));
    EXPECT_EQ(watch.since(), at(9));
    EXPECT_TRUE(watch.watch({"one-more", "agent"}));
}

}  // namespace
}  // namespace twinstorm::hub
