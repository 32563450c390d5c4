// Sessions and the smaller rules of packets; telemetry, twins, methods and messages have their own.
#include <string>

#include <gtest/gtest.h>

#include "hub/hub_conversation.h"
#include "hub/subscription_set.h"
#include "support/hub_fixture.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::testing {
namespace {

using iothub::Subscribable;

class HubPackets : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    std::unique_ptr<HubClient> agent(bool clean) {
        ConnectOptions options = connect_options(kAgent);
        options.clean_session = clean;
        auto client = std::make_unique<HubClient>(loop, *hub);
        client->send(connect(options));
        return client;
    }
    void patch_twin() {
        ASSERT_EQ(rest("PATCH", "/twins/gw/modules/agent", R"({"properties":{"desired":{"a":1}}})")
                      .status,
                  200U);
    }
};

TEST_F(HubPackets, AFilterMayBeSubscribedTwice) {
    auto client = agent(true);
    client->send(subscribe(1, {{"$iothub/twin/res/#", 0},
                               {"$iothub/twin/PATCH/properties/desired/#", 0},
                               {"$iothub/methods/POST/#", 0},
                               {"devices/gw/modules/agent/#", 1},
                               {"devices/gw/modules/agent/inputs/#", 1}}) +
                 subscribe(2, {{"$iothub/twin/res/#", 1}}));
    EXPECT_EQ(client->answers(), "CONNACK 0\nSUBACK 1: 0 0 0 1 1\nSUBACK 2: 1");
    EXPECT_TRUE(client->open());
}

TEST_F(HubPackets, UnsubscribeEndsOneFilterAlone) {
    auto client = agent(false);
    client->send(
        subscribe(1, {{"$iothub/twin/res/#", 0}, {"$iothub/twin/PATCH/properties/desired/#", 0}}) +
        unsubscribe(2, {"$iothub/twin/PATCH/properties/desired/#"}));
    ASSERT_EQ(client->answers(), "CONNACK 0\nSUBACK 1: 0 0\nUNSUBACK 2");
    patch_twin();
    EXPECT_EQ(client->answers(), "");
    client = agent(false);
    patch_twin();
    EXPECT_EQ(client->answers(), "CONNACK 0 present");  // The session knows of it, too.
    client->send(publish("$iothub/twin/GET/?$rid=1", ""));
    EXPECT_TRUE(client->answers().starts_with("PUBLISH 0 $iothub/twin/res/200/?$rid=1"));
}

TEST_F(HubPackets, ASessionWithoutSubscriptionsIsNone) {
    agent(false)->send(subscribe(1, {{"$iothub/methods/POST/#", 0}}) +
                       unsubscribe(2, {"$iothub/methods/POST/#"}));
    EXPECT_EQ(agent(false)->answers(), "CONNACK 0");
}

TEST_F(HubPackets, BothFormsOfModuleInputsAreFiltersOfTheirOwn) {
    agent(false)->send(subscribe(1, {{"devices/gw/modules/agent/#", 1},
                                     {"devices/gw/modules/agent/inputs/#", 0}}) +
                       unsubscribe(2, {"devices/gw/modules/agent/#"}));
    EXPECT_EQ(agent(false)->answers(), "CONNACK 0 present");
    agent(false)->send(unsubscribe(3, {"devices/gw/modules/agent/inputs/#"}));
    EXPECT_EQ(agent(false)->answers(), "CONNACK 0");
}

TEST_F(HubPackets, AnswersStayAtQos0ForAFilterOfQos1) {
    auto client = agent(true);
    client->send(
        subscribe(1, {{"$iothub/twin/res/#", 1}, {"$iothub/twin/PATCH/properties/desired/#", 1}}) +
        publish("$iothub/twin/GET/?$rid=1", "", 9));
    EXPECT_EQ(client->answers(),
              "CONNACK 0\nSUBACK 1: 1 1\n"
              R"(PUBLISH 0 $iothub/twin/res/200/?$rid=1 )"
              R"({"desired":{"$version":1},"reported":{"$version":1}})"
              "\nPUBACK 9");
    patch_twin();
    EXPECT_TRUE(client->answers().starts_with("PUBLISH 0 $iothub/twin/PATCH"));
}

TEST_F(HubPackets, EveryPacketOfTheQos2ExchangeCloses) {
    PacketBytes received;
    mqtt::write(received, mqtt::PubRec{1});
    PacketBytes release;
    mqtt::write(release, mqtt::PubRel{1});
    PacketBytes complete;
    mqtt::write(complete, mqtt::PubComp{1});
    for (const PacketBytes& packet : {received, release, complete}) {
        auto client = agent(true);
        client->send(packet);
        EXPECT_FALSE(client->open());
    }
    EXPECT_EQ(status("/dropped/unexpected-packet"), 3);
}

TEST_F(HubPackets, ADuplicateIsTakenAsItComes) {
    auto client = agent(true);
    mqtt::Publish packet;
    packet.topic = "devices/gw/modules/agent/messages/events/";
    packet.qos = 1;
    packet.packet_id = 4;
    packet.duplicate = true;
    packet.retain = true;
    PacketBytes bytes;
    mqtt::write(bytes, packet);
    client->send(bytes + bytes);
    EXPECT_EQ(client->answers(), "CONNACK 0\nPUBACK 4\nPUBACK 4");
    EXPECT_EQ(status("/messages/received"), 2);
}

TEST(SubscriptionSetTest, RemembersTheQosOfEach) {
    hub::SubscriptionSet set;
    EXPECT_TRUE(set.empty());
    set.add(Subscribable::kCloudToDevice, 1);
    set.add(Subscribable::kTwinResponses, 0);
    EXPECT_EQ(set.qos(Subscribable::kCloudToDevice), 1);
    EXPECT_EQ(set.qos(Subscribable::kTwinResponses), 0);
    EXPECT_TRUE(set.has(Subscribable::kTwinResponses));
    EXPECT_EQ(hub::SubscriptionSet(set.bits()), set);
    set.add(Subscribable::kCloudToDevice, 0);
    EXPECT_EQ(set.qos(Subscribable::kCloudToDevice), 0);
    set.add(Subscribable::kModuleMessages, 1);
    EXPECT_LE(set.bits(), hub::SubscriptionSet::kBitsMax);
    set.remove(Subscribable::kModuleMessages);
    EXPECT_EQ(set.qos(Subscribable::kModuleMessages), 0);
    set.remove(Subscribable::kCloudToDevice);
    set.remove(Subscribable::kTwinResponses);
    EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace twinstorm::testing
