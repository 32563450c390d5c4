#include "twinstorm/defender/security_message.h"

#include <string>

#include <gtest/gtest.h>

#include "support/allocations.h"

namespace twinstorm::defender {
namespace {

constexpr std::string_view kLogin = R"({"AgentVersion":"4.6.2",
 "AgentId":"072f3eca-3db0-45ba-8174-fa383bc93caf","MessageSchemaVersion":"1.0","Events":[
 {"Id":"7fddeb54-8ea7-4bd5-a723-bade5bc56fc5","TimestampLocal":"2024-05-06T09:08:09+02:00",
  "TimestampUTC":"2024-05-06T07:08:09Z","Category":"Triggered","Name":"Login",
  "EventType":"Security","IsEmpty":false,"PayloadSchemaVersion":"1.0",
  "Payload":[{"ProcessId":2211,"UserId":"1000","UserName":"pi","Operation":"login",
              "Executable":"/usr/sbin/sshd","RemoteAddress":"203.0.113.7","RemotePort":"51514",
              "LocalPort":"22","Result":"Fail"}]}]})";

TEST(SecurityMessage, WithoutAMessageTypeIsJson) {
    EXPECT_TRUE(judge(kLogin, "", Mode::kStrict).accepted());
    const Verdict none = judge("", "", Mode::kStrict);
    EXPECT_EQ(none.reason, Reason::kNotJson);
    EXPECT_FALSE(none.accepted());
    EXPECT_FALSE(none.detail.empty());
}

TEST(SecurityMessage, TheMessageTypeSaysHowTheBodyIsEncoded) {
    EXPECT_TRUE(judge(kLogin, "2.3-0-1-0", Mode::kStrict).accepted());
    EXPECT_EQ(judge(kLogin, "2.3-1-1-0", Mode::kStrict).reason, Reason::kNotFlatBuffers);
    EXPECT_EQ(judge(kLogin, "1.0-0-1-0", Mode::kStrict).reason, Reason::kSchemaVersion);
    const Verdict odd = judge(kLogin, "sevent", Mode::kAsShipped);
    EXPECT_EQ(odd.reason, Reason::kMessageType);
    EXPECT_EQ(odd.where, "mti");
    EXPECT_EQ(odd.detail, "sevent");
}

TEST(SecurityMessage, MoreThanAHubTakesIsNotLookedAt) {
    const std::string most(kMessageBytesMax, ' ');
    EXPECT_EQ(judge(most, "", Mode::kStrict).reason, Reason::kNotJson);
    EXPECT_EQ(judge(most + " ", "", Mode::kStrict).reason, Reason::kTooLarge);
}

TEST(SecurityMessage, AnAcceptedOneTakesNothingFromTheHeap) {
    const std::uint64_t before = support::allocations();
    EXPECT_TRUE(judge(kLogin, "", Mode::kStrict).accepted());
    EXPECT_TRUE(judge(kLogin, "2.3-0-1-0", Mode::kAsShipped).accepted());
    EXPECT_EQ(support::allocations(), before);
}

}  // namespace
}  // namespace twinstorm::defender
