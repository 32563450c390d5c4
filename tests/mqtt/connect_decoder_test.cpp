#include "mqtt/connect_decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "mqtt/examples.h"

namespace twinstorm::mqtt {
namespace {

using namespace std::string_literals;

// What follows the fixed header of CONNECT.
Connect decode_good(const Raw& body) {
    Cursor cursor(bytes(body));
    Connect connect = decode_connect(cursor);
    EXPECT_EQ(cursor.failure(), std::nullopt);
    EXPECT_TRUE(cursor.empty());
    return connect;
}

TEST(ConnectDecoder, ReadsAnotherLevelAsFarAsItsLevelByte) {
    for (const char level : {'\x00', '\x03', '\x05', '\xFF'}) {
        const Raw body = field("MQTT") + level + "\xFF\xFF anything at all";
        const Connect connect = decode_good(body);
        EXPECT_EQ(connect.level, static_cast<std::uint8_t>(level));
        EXPECT_EQ(connect.client_id, "");
    }
    EXPECT_EQ(decode_good(field("MQTT") + "\x05").level, 5);
}

TEST(ConnectDecoder, AnAbsentFieldIsNotAnEmptyOne) {
    const Raw body = field("MQTT") + "\x04\xC2\x00\x00"s + field("a") + field("") + field("");
    const Connect connect = decode_good(body);
    ASSERT_TRUE(connect.user_name && connect.password);
    EXPECT_EQ(*connect.user_name, "");
    EXPECT_TRUE(connect.password->empty());

    const Connect without = decode_good(field("MQTT") + "\x04\x02\x00\x00"s + field("a"));
    EXPECT_FALSE(without.user_name);
    EXPECT_FALSE(without.password);
    EXPECT_FALSE(without.will);
}

TEST(ConnectDecoder, AUserNameNeedsNoPassword) {
    const Raw body = field("MQTT") + "\x04\x82\x00\x00"s + field("a") + field("u");
    const Connect connect = decode_good(body);
    EXPECT_EQ(connect.user_name, "u");
    EXPECT_FALSE(connect.password);
}

TEST(ConnectDecoder, ReadsTheWillOfEachQos) {
    for (unsigned qos = 0; qos <= 2; ++qos) {
        const auto flags = static_cast<char>(0x06 | qos << 3);
        const Raw body = field("MQTT") + "\x04"s + flags + "\x00\x0A"s + field("a") +
                         field("will/topic") + field("bye");
        const Connect connect = decode_good(body);
        ASSERT_TRUE(connect.will);
        EXPECT_EQ(connect.will->qos, qos);
        EXPECT_EQ(connect.will->topic, "will/topic");
        EXPECT_EQ(raw(connect.will->message), "bye");
        EXPECT_FALSE(connect.will->retain);
        EXPECT_EQ(connect.keep_alive, 10);
    }
}

}  // namespace
}  // namespace twinstorm::mqtt
