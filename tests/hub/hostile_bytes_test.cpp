// Whatever bytes arrive, in whatever pieces: nobody but their sender suffers.
#include <string>

#include <gtest/gtest.h>

#include "support/hub_fixture.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::testing {
namespace {

const std::string kEvents = "devices/gw/modules/agent/messages/events/";

class HostileBytes : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    PacketBytes whole_script(const PacketBytes& hello) {
        return hello +
               subscribe(
                   1, {{"$iothub/twin/res/#", 0}, {"$iothub/twin/PATCH/properties/desired/#", 0}}) +
               publish("$iothub/twin/GET/?$rid=2", " ") +
               publish(kEvents + "%24.mid=x-3", "body", 3) +
               publish("$iothub/twin/PATCH/properties/reported/?$rid=4", R"({"a":{}})") + ping() +
               unsubscribe(5, {"$iothub/twin/res/#"}) + disconnect();
    }
};

TEST_F(HostileBytes, AnswersAreTheSameWhereverTheStreamIsCut) {
    const PacketBytes hello = connect(connect_options(kAgent));
    const PacketBytes script = whole_script(hello);
    for (std::size_t cut = 0; cut <= script.size(); ++cut) {
        // Each run begins with a new module, so that versions do not tell them apart.
        ASSERT_EQ(rest("DELETE", "/devices/gw/modules/agent").status, 204);
        ASSERT_EQ(rest("PUT", "/devices/gw/modules/agent", "{}").status, 201);
        HubClient agent(loop, *hub);
        const PacketBytes again = whole_script(connect(connect_options(kAgent)));
        agent.send_split(again, std::min(cut, again.size()));
        ASSERT_EQ(agent.answers(),
                  "CONNACK 0\nSUBACK 1: 0 0\n"
                  R"(PUBLISH 0 $iothub/twin/res/200/?$rid=2 {"desired":{"$version":1},)"
                  R"("reported":{"$version":1}})"
                  "\nPUBACK 3\nPUBLISH 0 $iothub/twin/res/204/?$rid=4&$version=2 \nPINGRESP\n"
                  "UNSUBACK 5")
            << "cut at " << cut;
        ASSERT_FALSE(agent.open());
    }
}

TEST_F(HostileBytes, AnswersAreTheSameByteByByte) {
    const PacketBytes script = whole_script(connect(connect_options(kAgent)));
    HubClient agent(loop, *hub);
    for (const std::byte one : script) {
        agent.send({one});
    }
    EXPECT_TRUE(agent.answers().ends_with("PINGRESP\nUNSUBACK 5"));
}

TEST_F(HostileBytes, EveryBrokenStepClosesItsSenderOnly) {
    auto bystander = online(kGateway);
    const PacketBytes script = whole_script(connect(connect_options(kAgent)));
    for (std::size_t at = 0; at < script.size(); ++at) {
        for (const auto mask : {std::byte{0x01}, std::byte{0x80}, std::byte{0xff}}) {
            PacketBytes broken = script;
            broken[at] ^= mask;
            HubClient offender(loop, *hub);
            offender.send(broken);
            static_cast<void>(offender.answers());  // Parsed: whatever is sent is MQTT.
            offender.lose();
            ASSERT_TRUE(bystander->open()) << "byte " << at;
        }
    }
    EXPECT_EQ(bystander->send(ping()).answers(), "PINGRESP");
    EXPECT_EQ(status("/connections/open"), 1);
}

TEST_F(HostileBytes, TenThousandSeedsOfNoiseHarmNobody) {
    constexpr std::uint64_t kSeeds = 10'000;
    auto bystander = online(kGateway);
    const PacketBytes hello = connect(connect_options(kAgent));
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        Random random(derive(20'260'101, seed));
        HubClient offender(loop, *hub);
        if (random.below(2) == 0) {
            offender.send(hello);
        }
        for (int pieces = 0; pieces < 4 && offender.open(); ++pieces) {
            PacketBytes noise(random.below(64) + 1);
            for (std::byte& one : noise) {
                one = static_cast<std::byte>(random.below(256));
            }
            // Mostly plausible lengths: pure noise seldom gets past its fixed header.
            if (noise.size() > 2 && random.below(4) != 0) {
                noise[1] = static_cast<std::byte>(noise.size() - 2);
            }
            offender.send(noise);
        }
        static_cast<void>(offender.answers());
        offender.lose();
        ASSERT_TRUE(bystander->open()) << "seed " << seed;
    }
    EXPECT_EQ(bystander->send(ping()).answers(), "PINGRESP");
    EXPECT_EQ(status("/connections/open"), 1);
}

}  // namespace
}  // namespace twinstorm::testing
