// How connections end: silence, tokens, take-overs, identities that go; and what wills do then.
#include <string>

#include <gtest/gtest.h>

#include "hub/hub_conversation.h"
#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

class HubLifetime : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    std::unique_ptr<HubClient> online_with(const ConnectOptions& options) {
        auto agent = std::make_unique<HubClient>(loop, *hub);
        agent->send(connect(options));
        EXPECT_EQ(agent->answers(), "CONNACK 0");
        return agent;
    }
};

TEST_F(HubLifetime, ClosesWhoSaysNothingFor30Seconds) {
    HubClient stranger(loop, *hub);
    loop.pass(30s - 1ns);
    EXPECT_TRUE(stranger.open());
    loop.pass(1ns);
    EXPECT_FALSE(stranger.open());
    EXPECT_EQ(status("/dropped/connect-timeout"), 1);
}

TEST_F(HubLifetime, ClosesAfterOneAndAHalfKeepAlives) {
    ConnectOptions options = connect_options(kAgent);
    options.keep_alive = 60;
    const auto agent = online_with(options);
    loop.pass(80s);
    agent->send(ping());  // Any packet starts the time anew.
    loop.pass(90s - 1ns);
    EXPECT_TRUE(agent->open());
    loop.pass(1ns);
    EXPECT_FALSE(agent->open());
    EXPECT_EQ(status("/dropped/keep-alive"), 1);
}

TEST_F(HubLifetime, NeverWaitsLongerThanTheCeiling) {
    for (const std::uint16_t keep_alive : {std::uint16_t{0}, std::uint16_t{65535}}) {
        ConnectOptions options = connect_options(kAgent, 24h);
        options.keep_alive = keep_alive;
        const auto agent = online_with(options);
        loop.pass(1767s - 1ns);
        EXPECT_TRUE(agent->open());
        loop.pass(1ns);
        EXPECT_FALSE(agent->open());
    }
}

TEST_F(HubLifetime, ClosesWhenTheTokenHasExpiredAndTheGraceIsOver) {
    ConnectOptions options = connect_options(kAgent, 10min);
    options.keep_alive = 1200;
    const auto agent = online_with(options);
    loop.pass(15min - 1ns);
    EXPECT_TRUE(agent->open());
    loop.pass(1ns);
    EXPECT_FALSE(agent->open());
    EXPECT_EQ(status("/dropped/token-expired"), 1);
}

TEST_F(HubLifetime, TakesTokensThatNeverEnd) {
    ConnectOptions options = connect_options(kAgent, std::chrono::hours(24 * 365 * 200));
    const auto agent = online_with(options);
    EXPECT_EQ(*agent->conversation().next_deadline(), loop.now() + 90s);
}

TEST_F(HubLifetime, TheNewestConnectionOfAnIdentityWins) {
    const auto older = online(kAgent);
    const auto device = online(kGateway);
    const auto newer = online(kAgent);
    EXPECT_FALSE(older->open());
    EXPECT_TRUE(older->was_woken());  // Its loop must look at it to close it.
    EXPECT_TRUE(newer->open());
    EXPECT_TRUE(device->open());  // A device and its module do not fight.
    EXPECT_EQ(status("/take_overs"), 1);
    EXPECT_EQ(status("/connections/open"), 2);

    older->lose();  // Late news of the old one must not disturb the new one.
    EXPECT_EQ(status("/connections/open"), 2);
    EXPECT_EQ(rest("GET", "/devices/gw/modules/agent").text("/connectionState"), "Connected");
}

TEST_F(HubLifetime, ARefusedConnectTakesNothingOver) {
    const auto agent = online(kAgent);
    ConnectOptions options = connect_options(kAgent);
    options.password = connect_options(kGateway).password;
    EXPECT_EQ(client().send(connect(options)).answers(), "CONNACK 5");
    EXPECT_TRUE(agent->open());
}

TEST_F(HubLifetime, DisablingADeviceClosesItAndItsModules) {
    const auto device = online(kGateway);
    const auto agent = online(kAgent);
    ASSERT_EQ(rest("PUT", "/devices/gw", R"({"status":"disabled"})", {.if_match = "*"}).status,
              200);
    EXPECT_FALSE(device->open());
    EXPECT_FALSE(agent->open());
    EXPECT_TRUE(device->was_woken());
    EXPECT_TRUE(agent->was_woken());
    EXPECT_EQ(status("/dropped/identity-disabled"), 2);
}

TEST_F(HubLifetime, DeletingAModuleClosesItAlone) {
    const auto device = online(kGateway);
    const auto agent = online(kAgent);
    ASSERT_EQ(rest("DELETE", "/devices/gw/modules/agent").status, 204);
    EXPECT_TRUE(device->open());
    EXPECT_FALSE(agent->open());
    ASSERT_EQ(rest("DELETE", "/devices/gw").status, 204);
    EXPECT_FALSE(device->open());
    EXPECT_EQ(status("/dropped/identity-deleted"), 2);
    agent->lose();
    device->lose();
}

TEST_F(HubLifetime, PublishesTheWillOfWhoLeavesWithoutAWord) {
    ConnectOptions options = connect_options(kAgent);
    options.will_topic = "devices/gw/modules/agent/messages/events/a=b";
    options.will_body = "gone";
    online_with(options)->lose();
    EXPECT_EQ(status("/messages/received"), 1);
    EXPECT_EQ(status("/messages/bytes"), 4);

    online_with(options)->send(disconnect());  // [MQTT-3.14.4-3]
    EXPECT_EQ(status("/messages/received"), 1);

    online_with(options)->send(publish("my/own", "x"));
    EXPECT_EQ(status("/messages/received"), 2);

    const auto older = online_with(options);
    const auto newer = online_with(options);
    EXPECT_EQ(status("/messages/received"), 3);
}

TEST_F(HubLifetime, CountsWhoIsCutOff) {
    const auto agent = online(kAgent);
    agent->lose();
    EXPECT_FALSE(agent->open());
    EXPECT_EQ(status("/connections/closed_by_peer"), 1);
    EXPECT_EQ(status("/connections/open"), 0);
    agent->send(ping());  // What comes after the end is not heard.
    EXPECT_EQ(agent->answers(), "");
}

TEST_F(HubLifetime, AConversationMayOutliveItsHub) {
    const auto agent = online(kAgent);
    HubClient stranger(loop, *hub);
    agent->send(ping());
    hub.reset();
    EXPECT_FALSE(agent->open());
    EXPECT_FALSE(stranger.open());
    EXPECT_EQ(agent->answers(), "PINGRESP");
    agent->send(ping());
    agent->conversation().advance(loop.now() + 1h);
    EXPECT_FALSE(agent->conversation().next_deadline());
    agent->lose();
}

TEST_F(HubLifetime, ADestroyedConversationIsForgotten) {
    online(kAgent).reset();
    EXPECT_EQ(status("/connections/open"), 0);
    EXPECT_EQ(
        rest("PATCH", "/twins/gw/modules/agent", R"({"properties":{"desired":{"a":1}}})").status,
        200);
}

}  // namespace
}  // namespace twinstorm::testing
