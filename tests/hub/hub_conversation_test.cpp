#include "hub/hub_conversation.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fixture.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::testing {
namespace {

constexpr std::string_view kEvents = "devices/gw/modules/agent/messages/events/";

class HubConversationTest : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    // Sent by a connected module beside a bystander: the offender is closed, nobody else.
    void expect_dropped(const PacketBytes& bytes, std::string_view rule,
                        std::string_view answered = {}) {
        auto bystander = online(kGateway);
        auto offender = online(kAgent);
        offender->send(bytes);
        EXPECT_FALSE(offender->open()) << rule;
        EXPECT_EQ(offender->answers(), answered) << rule;
        EXPECT_EQ(status("/dropped/" + std::string(rule)), 1) << rule;
        EXPECT_TRUE(bystander->open()) << rule;
        EXPECT_EQ(status("/connections/open"), 1) << rule;
        ASSERT_FALSE(lines.empty());
        EXPECT_NE(lines.back().find("gw/agent: " + std::string(rule)), std::string::npos)
            << lines.back();
    }
};

TEST_F(HubConversationTest, IsSmall) {
    RecordProperty("bytes", static_cast<int>(sizeof(hub::HubConversation)));
    EXPECT_LE(sizeof(hub::HubConversation), 256U);
}

TEST_F(HubConversationTest, AcknowledgesAllOfOneTurnInOneWrite) {
    auto agent = online(kAgent);
    agent->send(publish(kEvents, "a", 1) + publish(kEvents, "b") + publish(kEvents, "c", 65535) +
                ping());
    EXPECT_EQ(agent->answers(), "PUBACK 1\nPUBACK 65535\nPINGRESP");
    EXPECT_EQ(agent->answers(), "");
    EXPECT_EQ(status("/messages/received"), 3);
}

TEST_F(HubConversationTest, KeepsNoBufferWhileIdle) {
    auto agent = online(kAgent);
    agent->send(ping());
    Buffer bytes;
    agent->conversation().take_outgoing(bytes);
    EXPECT_FALSE(bytes.empty());
    Buffer nothing;
    agent->conversation().take_outgoing(nothing);
    EXPECT_TRUE(nothing.empty());
    EXPECT_EQ(nothing.capacity(), 0U);
}

TEST_F(HubConversationTest, GrantsWhatItKnowsAndNeverQos2) {
    auto agent = online(kAgent);
    agent->send(subscribe(7, {{"$iothub/twin/res/#", 0},
                              {"$iothub/twin/PATCH/properties/desired/#", 1},
                              {"$iothub/methods/POST/#", 2},
                              {"devices/gw/modules/agent/#", 1},
                              {"devices/gw/modules/agent/inputs/#", 1}}));
    EXPECT_EQ(agent->answers(), "SUBACK 7: 0 1 1 1 1");
    agent->send(unsubscribe(8, {"$iothub/methods/POST/#", "never/subscribed"}));
    EXPECT_EQ(agent->answers(), "UNSUBACK 8");
    EXPECT_TRUE(agent->open());
}

TEST_F(HubConversationTest, ClosesOnASixthSubscription) {
    std::vector<mqtt::Subscription> filters(6, {"$iothub/twin/res/#", 0});
    expect_dropped(subscribe(1, filters), "too-many-subscriptions");
}

TEST_F(HubConversationTest, ClosesOnUnknownFilters) {
    for (const std::string_view filter :
         {"#", "+/twin/res/#", "$iothub/twin/res/+", "$iothub/twin/res/200", "my/own/#",
          "devices/gw/messages/devicebound/#", "devices/other/modules/agent/#"}) {
        auto agent = online(kAgent);
        agent->send(subscribe(1, {{"$iothub/twin/res/#", 0}, {filter, 0}}));
        EXPECT_FALSE(agent->open()) << filter;
        EXPECT_EQ(agent->answers(), "") << filter;
    }
    EXPECT_EQ(status("/dropped/unknown-filter"), 7);
}

TEST_F(HubConversationTest, ClosesOnUnknownTopics) {
    expect_dropped(publish("my/own/topic", "x", 1), "unknown-topic");
}

TEST_F(HubConversationTest, ClosesOnTelemetryInAnothersName) {
    expect_dropped(publish("devices/gw/messages/events/", "x", 1), "foreign-topic");
}

TEST_F(HubConversationTest, ClosesOnAWildcardInATopic) {
    // Encoded by hand: our own writer would not.
    PacketBytes bytes = publish("devices/gw/x", "");
    bytes.back() = std::byte{'#'};
    expect_dropped(bytes, "malformed-packet");
}

TEST_F(HubConversationTest, ClosesOnQos2) {
    expect_dropped(publish(kEvents, "x", 9, 2), "qos-2");
}

TEST_F(HubConversationTest, ClosesOnAnOversizeMessage) {
    expect_dropped(publish(kEvents, std::string(hub::kMessageBytesMax + 1, 'x'), 9),
                   "message-too-large");
}

TEST_F(HubConversationTest, TakesAMessageOfExactlyTheLimit) {
    auto agent = online(kAgent);
    agent->send(publish(kEvents, std::string(hub::kMessageBytesMax, 'x'), 9));
    EXPECT_EQ(agent->answers(), "PUBACK 9");
}

TEST_F(HubConversationTest, ClosesOnAPacketThatIsTooLongBeforeItIsThere) {
    const PacketBytes header{std::byte{0x30}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff},
                             std::byte{0x7f}};
    expect_dropped(header, "malformed-packet");
}

TEST_F(HubConversationTest, ClosesOnASecondConnect) {
    const PacketBytes again = connect(connect_options(kAgent));
    expect_dropped(again, "second-connect");
}

TEST_F(HubConversationTest, ClosesOnPacketsThatOnlyAServerSends) {
    PacketBytes bytes;
    mqtt::write(bytes, mqtt::PingResp{});
    expect_dropped(bytes, "unexpected-packet");
}

TEST_F(HubConversationTest, ClosesOnTheQos2Exchange) {
    PacketBytes bytes;
    mqtt::write(bytes, mqtt::PubRel{5});
    expect_dropped(bytes, "unexpected-packet");
}

TEST_F(HubConversationTest, SendsTheAcknowledgementsOfBeforeTheMistake) {
    expect_dropped(publish(kEvents, "x", 1) + publish("my/own/topic", "y", 2), "unknown-topic",
                   "PUBACK 1");
    EXPECT_EQ(status("/messages/received"), 1);
}

TEST_F(HubConversationTest, IgnoresAcknowledgementsOfTheClient) {
    auto agent = online(kAgent);
    PacketBytes bytes;
    mqtt::write(bytes, mqtt::PubAck{77});
    agent->send(bytes);
    EXPECT_TRUE(agent->open());
}

TEST_F(HubConversationTest, TakesAnswersToNothingAndCertificateRequestsInSilence) {
    auto agent = online(kAgent);
    agent->send(publish("$iothub/methods/res/200/?$rid=1", "{}", 1) +
                publish("$iothub/credentials/POST/issueCertificate/?$rid=2", "{}", 2));
    EXPECT_EQ(agent->answers(), "PUBACK 1\nPUBACK 2");
    EXPECT_TRUE(agent->open());
    EXPECT_EQ(status("/messages/received"), 0);
}

TEST_F(HubConversationTest, WantsConnectFirst) {
    HubClient stranger(loop, *hub);
    stranger.send(ping());
    EXPECT_FALSE(stranger.open());
    EXPECT_EQ(stranger.answers(), "");
    EXPECT_EQ(status("/dropped/connect-expected"), 1);
}

TEST_F(HubConversationTest, TakesPacketsSentRightAfterConnect) {
    HubClient agent(loop, *hub);
    agent.send(connect(connect_options(kAgent)) + subscribe(2, {{"$iothub/twin/res/#", 0}}) +
               publish("$iothub/twin/GET/?$rid=3", " "));
    EXPECT_EQ(agent.answers(),
              "CONNACK 0\nSUBACK 2: 0\nPUBLISH 0 $iothub/twin/res/200/?$rid=3 "
              R"({"desired":{"$version":1},"reported":{"$version":1}})");
}

TEST_F(HubConversationTest, KeepsTheSubscriptionsOfASessionThatIsNotClean) {
    ConnectOptions options = connect_options(kAgent);
    options.clean_session = false;
    HubClient first(loop, *hub);
    first.send(connect(options) + subscribe(1, {{"$iothub/twin/res/#", 0}}) + disconnect());
    EXPECT_EQ(first.answers(), "CONNACK 0\nSUBACK 1: 0");
    EXPECT_FALSE(first.open());

    HubClient second(loop, *hub);
    second.send(connect(options) + publish("$iothub/twin/GET/?$rid=1", ""));
    EXPECT_TRUE(second.answers().starts_with("CONNACK 0 present\nPUBLISH 0 $iothub/twin/res/200"));

    options.clean_session = true;
    HubClient clean(loop, *hub);
    clean.send(connect(options) + publish("$iothub/twin/GET/?$rid=2", ""));
    EXPECT_EQ(clean.answers(), "CONNACK 0");

    options.clean_session = false;
    HubClient third(loop, *hub);
    EXPECT_EQ(third.send(connect(options)).answers(), "CONNACK 0");  // A clean one forgot it all.
}

TEST_F(HubConversationTest, ClosesASlowReaderAtTheNamedLimit) {
    const std::string filler(4000, 'x');
    for (int i = 0; i < 7; ++i) {
        const std::string key = "k" + std::to_string(i);
        ASSERT_EQ(rest("PATCH", "/twins/gw/modules/agent",
                       R"({"properties":{"desired":{")" + key + R"(":")" + filler + R"("}}})")
                      .status,
                  200);
    }
    auto agent = online(kAgent, true);
    const PacketBytes get = publish("$iothub/twin/GET/?$rid=1", "");
    int asked = 0;
    while (agent->open() && asked < 1000) {
        agent->send(get);
        ++asked;
    }
    EXPECT_LT(asked, 1000);
    EXPECT_GT(asked, 16);
    EXPECT_EQ(status("/dropped/outgoing-full"), 1);
}

}  // namespace
}  // namespace twinstorm::testing
