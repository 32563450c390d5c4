#include "twinstorm/mqtt/writer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fuzz/mqtt_equal.h"
#include "mqtt/examples.h"
#include "twinstorm/mqtt/reader.h"

namespace twinstorm::mqtt {
namespace {

using namespace std::string_literals;
using Out = std::vector<std::byte>;

TEST(Writer, WritesTheBytesOfEachExample) {
    for (const ValidExample& example : valid_examples()) {
        EXPECT_EQ(raw(encode(example.packet)), example.bytes) << example.name;
    }
}

TEST(Writer, AppendsToWhatIsThere) {
    Out out{std::byte{0xAA}};
    write(out, PingReq{});
    write(out, PubAck{0x0102});
    EXPECT_EQ(raw(out), "\xAA\xC0\x00\x40\x02\x01\x02"s);
}

TEST(Writer, ForetellsTheSizeOfPublish) {
    // Around each bound where the remaining length takes another byte.
    for (const std::size_t payload : {0U, 122U, 123U, 16'378U, 16'379U, 2'097'146U, 2'097'147U}) {
        const std::vector<std::byte> bytes_of_payload(payload, std::byte{'x'});
        for (const std::uint8_t qos : {std::uint8_t{0}, std::uint8_t{1}}) {
            const Publish publish{
                .topic = "a/b", .payload = bytes_of_payload, .packet_id = qos, .qos = qos};
            Out out;
            write(out, publish);
            EXPECT_EQ(encoded_size(publish), out.size());
            const auto decoded = decode(out);
            ASSERT_TRUE(decoded);
            EXPECT_TRUE(equal(*decoded, publish)) << payload;
        }
    }
}

TEST(Writer, TakesTheLongestFields) {
    const std::string longest(65'535, 'x');
    const Connect connect{.client_id = longest, .user_name = longest, .password = bytes(longest)};
    Out out;
    write(out, connect);
    const auto decoded = decode(out);
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(equal(*decoded, connect));
}

TEST(Writer, SaysTheLevelItIsGiven) {
    Out out;
    write(out, Connect{.client_id = "a", .level = 3});
    const auto decoded = decode(out);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::get<Connect>(*decoded).level, 3);
}

// Appending packet by packet must not copy the buffer for each: that would be quadratic.
TEST(Writer, GrowsTheBufferByDoubling) {
    Out out;
    std::size_t growths = 0;
    std::size_t capacity = 0;
    for (int count = 0; count < 10'000; ++count) {
        write(out, PubAck{1});
        growths += out.capacity() != capacity ? 1 : 0;
        capacity = out.capacity();
    }
    EXPECT_EQ(out.size(), 40'000U);
    EXPECT_LT(growths, 20U);
}

using WriterDeathTest = testing::Test;

TEST(WriterDeathTest, HoldsItsCallerToAValidPacket) {
    Out out;
    const std::string too_long(65'536, 'x');
    const std::byte bad_code{3};
    EXPECT_DEATH(write(out, Publish{.topic = ""}), "topic");
    EXPECT_DEATH(write(out, Publish{.topic = too_long}), "kFieldBytesMax");
    EXPECT_DEATH(write(out, Publish{.topic = "a", .packet_id = 1, .qos = 3}), "qos");
    EXPECT_DEATH(write(out, Publish{.topic = "a", .qos = 1}), "packet_id");
    EXPECT_DEATH(write(out, Publish{.topic = "a", .packet_id = 1}), "packet_id");
    EXPECT_DEATH(write(out, Publish{.topic = "a", .duplicate = true}), "duplicate");
    EXPECT_DEATH(write(out, PubAck{0}), "packet_id");
    EXPECT_DEATH(write(out, Connect{.clean_session = false}), "client_id");
    EXPECT_DEATH(write(out, Connect{.client_id = "a", .password = Bytes{}}), "user_name");
    EXPECT_DEATH(write(out, ConnAck{true, ConnectCode::kNotAuthorized}), "session_present");
    EXPECT_DEATH(write(out, SubAck{.packet_id = 1}), "codes");
    EXPECT_DEATH(write(out, SubAck{.packet_id = 1, .codes = Bytes(&bad_code, 1)}), "kFailure");
    EXPECT_DEATH(write_subscribe(out, 1, {}), "subscriptions");
    EXPECT_DEATH(write_unsubscribe(out, 1, {}), "filters");
}

}  // namespace
}  // namespace twinstorm::mqtt
