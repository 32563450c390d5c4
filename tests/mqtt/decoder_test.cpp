#include "mqtt/decoder.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fuzz/mqtt_equal.h"
#include "mqtt/examples.h"
#include "twinstorm/mqtt/reader.h"

namespace twinstorm::mqtt {
namespace {

constexpr int kMalformations = static_cast<int>(Malformation::kSubAckCode) + 1;
constexpr std::size_t kTypes = std::variant_size_v<Packet>;

TEST(Decode, GivesThePacketOfEachExample) {
    std::set<std::size_t> types;
    for (const ValidExample& example : valid_examples()) {
        const auto packet = decode(bytes(example.bytes));
        ASSERT_TRUE(packet) << example.name << ": " << describe(packet.error());
        EXPECT_TRUE(equal(*packet, example.packet)) << example.name;
        types.insert(packet->index());
    }
    EXPECT_EQ(types.size(), kTypes) << "an example is missing for a packet type";
}

TEST(Decode, TellsEachMalformationAndNothingElse) {
    for (const MalformedExample& example : malformed_examples()) {
        const auto packet = decode(bytes(example.bytes));
        ASSERT_FALSE(packet) << example.name;
        EXPECT_EQ(packet.error(), example.malformation)
            << example.name << ": " << describe(packet.error());
    }
}

TEST(Decode, TakesEachMalformedExampleOnceItsOneFaultIsMended) {
    for (const MalformedExample& example : malformed_examples()) {
        const auto packet = decode(bytes(example.mended));
        EXPECT_TRUE(packet) << example.name << ": " << describe(packet.error());
    }
}

TEST(Decode, HasAnExampleOfEachMalformation) {
    std::set<Malformation> seen{Malformation::kPacketTooLarge};  // Reader only: a limit of ours.
    for (const MalformedExample& example : malformed_examples()) {
        seen.insert(example.malformation);
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(kMalformations));
}

TEST(Decode, RefusesEveryCutPacket) {
    for (const ValidExample& example : valid_examples()) {
        for (std::size_t size = 0; size < example.bytes.size(); ++size) {
            const auto packet = decode(bytes(example.bytes).first(size));
            ASSERT_FALSE(packet) << example.name << " cut at " << size;
            EXPECT_EQ(packet.error(), Malformation::kTruncated);
        }
    }
}

TEST(Decode, RefusesBytesAfterThePacket) {
    for (const ValidExample& example : valid_examples()) {
        const auto packet = decode(bytes(example.bytes + "x"));
        ASSERT_FALSE(packet) << example.name;
        EXPECT_EQ(packet.error(), Malformation::kTrailingBytes);
    }
}

// A body cut short under a header that says so: the fault is inside the packet. A packet whose
// last field takes what is there stays whole, and is told apart.
TEST(Decode, NeverTakesAShortBodyForTheWholePacket) {
    for (const ValidExample& example : valid_examples()) {
        const Raw body = example.bytes.substr(2);  // All examples are under 128 bytes, but one.
        if (example.bytes[1] < 0) {
            continue;
        }
        for (std::size_t size = 0; size < body.size(); ++size) {
            const Raw cut =
                packet(static_cast<unsigned char>(example.bytes[0]), body.substr(0, size));
            const auto decoded = decode(bytes(cut));
            EXPECT_FALSE(decoded && equal(*decoded, example.packet)) << example.name << size;
        }
    }
}

TEST(Decode, ViewsTheBytesGiven) {
    const Raw raw_packet = packet(0x30, field("a/b") + "payload");
    const auto decoded = decode(bytes(raw_packet));
    ASSERT_TRUE(decoded);
    const auto& publish = std::get<Publish>(*decoded);
    EXPECT_EQ(publish.topic.data(), raw_packet.data() + 4);
    EXPECT_EQ(publish.payload.data(), bytes(raw_packet).data() + 7);
}

TEST(Decode, TakesALengthWrittenLongerThanNeeded) {
    using namespace std::string_literals;
    const auto decoded = decode(bytes("\x40\x82\x00\x00\x07"s));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::get<PubAck>(*decoded).packet_id, 7);
}

}  // namespace
}  // namespace twinstorm::mqtt
