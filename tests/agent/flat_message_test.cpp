#include "agent/flat_message.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "agent/flat_reader.h"

namespace twinstorm::agent {
namespace {

constexpr std::uint32_t kVersion = 0x03050004;  // 3.5.4

class FlatMessageTest : public testing::Test {
protected:
    // An event with the golden vectors' id and time.
    void add_golden(flat::PayloadType type, flat::Offset payload, std::uint32_t interval) {
        flat::Id id;
        std::generate(id.bytes.begin(), id.bytes.end(),
                      [n = std::uint8_t{0}]() mutable { return n++; });
        message.add_event({.id = id,
                           .time = 1'700'000'000,
                           .collection_interval = interval,
                           .type = type,
                           .payload = payload});
        message.count(false);
    }

    Batch batch;
    FlatScratch scratch;
    FlatMessage message{batch, scratch, {kVersion, 1000, SendPriority::kHigh}};
};

TEST_F(FlatMessageTest, AHeartbeatIsTheGoldenOneByteForByte) {
    add_golden(flat::PayloadType::kHeartbeat,
               message.builder().EndTable(message.builder().StartTable()), 60);
    const std::size_t most = message.bytes();
    message.end();
    ASSERT_EQ(batch.parts.size(), 1U);
    EXPECT_EQ(batch.bytes, from_hex(kGoldenHeartbeat));
    EXPECT_EQ(flat_text(batch.bytes), flat_text(from_hex(kGoldenHeartbeat)));
    EXPECT_NE(flat_text(batch.bytes).find("Heartbeat"), std::string::npos);
    EXPECT_GE(most, batch.bytes.size());
    EXPECT_EQ(batch.parts[0].priority, SendPriority::kHigh);
    EXPECT_EQ(batch.parts[0].encoding, Encoding::kFlatBuffers);
}

TEST_F(FlatMessageTest, EndsEmptyWithoutAMessage) {
    EXPECT_EQ(message.bytes(), 0U);
    message.end();
    EXPECT_TRUE(batch.parts.empty());
}

TEST_F(FlatMessageTest, MessagesFollowOneAnother) {
    for (int i = 0; i < 2; ++i) {
        add_golden(flat::PayloadType::kHeartbeat,
                   message.builder().EndTable(message.builder().StartTable()), 60);
        message.end();
        EXPECT_TRUE(message.empty());
    }
    ASSERT_EQ(batch.parts.size(), 2U);
    EXPECT_EQ(batch.body(batch.parts[0]), batch.body(batch.parts[1]));
}

TEST_F(FlatMessageTest, AnythingFitsIntoAnEmptyOne) {
    EXPECT_TRUE(message.fits(100'000));
    message.count(false);
    EXPECT_TRUE(message.fits(1000 - message.bytes()));
    EXPECT_FALSE(message.fits(1001 - message.bytes()));
}

}  // namespace
}  // namespace twinstorm::agent
