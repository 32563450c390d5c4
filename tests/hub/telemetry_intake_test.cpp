#include "hub/telemetry_intake.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/allocations.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

const std::string kEvents = "devices/gw/modules/agent/messages/events/";
const std::string kSecurity = "%24.ifid=urn%3aazureiot%3aSecurity%3aSecurityAgent%3a1&%24.mid=";

class TelemetryIntake : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }
};

TEST_F(TelemetryIntake, TellsSecurityMessagesApart) {
    auto agent = online(kAgent);
    agent->send(publish(kEvents, "12345", 1) + publish(kEvents + kSecurity + "x-1", "123", 2));
    EXPECT_EQ(agent->answers(), "PUBACK 1\nPUBACK 2");
    EXPECT_EQ(status("/messages/received"), 2);
    EXPECT_EQ(status("/messages/bytes"), 8);
    EXPECT_EQ(status("/messages/security"), 1);
    const RestAnswer ledger = admin("GET", "/admin/ledger");
    EXPECT_EQ(ledger.number("/received"), 1);
    EXPECT_EQ(ledger.number("/bytes"), 3);
}

TEST_F(TelemetryIntake, BillsStartedBlocksOfTheTier) {
    auto agent = online(kAgent);
    agent->send(publish(kEvents, std::string(4096, 'x')));
    EXPECT_EQ(status("/messages/billed"), 1);
    agent->send(publish(kEvents, std::string(4097, 'x')));
    EXPECT_EQ(status("/messages/billed"), 3);
    agent->send(publish(kEvents + "a=b", std::string(4095, 'x')));  // Name and value count.
    EXPECT_EQ(status("/messages/billed"), 5);
    agent->send(publish(kEvents, ""));
    EXPECT_EQ(status("/messages/billed"), 6);
}

TEST_F(TelemetryIntake, ToleratesTheFormsOfTheSdks) {
    auto agent = online(kAgent);
    agent->send(publish("devices/gw/modules/agent/messages/events", "x", 1) +
                publish(kEvents + "?a=b", "x", 2) + publish(kEvents + "flag/", "x", 3));
    EXPECT_EQ(agent->answers(), "PUBACK 1\nPUBACK 2\nPUBACK 3");
}

TEST_F(TelemetryIntake, ClosesOnABadEscape) {
    auto agent = online(kAgent);
    agent->send(publish(kEvents + "a=%zz", "x", 1));
    EXPECT_FALSE(agent->open());
    EXPECT_EQ(status("/dropped/property-bag"), 1);
}

TEST_F(TelemetryIntake, CountsPropertiesAgainstTheSizeLimit) {
    auto agent = online(kAgent);
    agent->send(publish(kEvents + "key=value", std::string(256 * 1024 - 7, 'x'), 1));
    EXPECT_FALSE(agent->open());
    EXPECT_EQ(status("/dropped/message-too-large"), 1);
}

TEST_F(TelemetryIntake, DoesNotAllocateForAMessage) {
    auto agent = online(kAgent);
    const PacketBytes message = publish(kEvents + kSecurity + "gw-1", "{}", 1);
    Buffer bytes;
    bytes.reserve(4096);
    const auto exchange = [&] {
        agent->conversation().receive(message, loop.now());
        bytes.clear();
        agent->conversation().take_outgoing(bytes);
    };
    const std::size_t kept = hub::Options().security_messages_kept;
    // Makes the ledger's row, warms the buffers and fills the slots of kept messages.
    for (std::size_t i = 0; i < kept; ++i) {
        exchange();
    }
    const std::uint64_t before = support::allocations();
    for (int i = 0; i < 100; ++i) {
        exchange();
    }
    const std::uint64_t after = support::allocations();
    EXPECT_EQ(after - before, 0U);
    EXPECT_EQ(bytes.size(), 4U);  // A PUBACK: the exchange was real.
    EXPECT_EQ(admin("GET", "/admin/ledger").number("/received"), 100 + kept);
    EXPECT_EQ(admin("GET", "/admin/ledger").number("/duplicated"), 99 + kept);
}

}  // namespace
}  // namespace twinstorm::testing
