#include "amqp/message.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "amqp/raw_frames.h"

namespace twinstorm::amqp {
namespace {

using namespace std::chrono_literals;

[[nodiscard]] Result<Message> decode(const Buffer& bytes) {
    return decode_message(bytes);
}

TEST(Message, DataSectionsAreJoined) {
    Buffer bytes;
    Encoder encoder(bytes);
    for (const std::string_view part : {"one ", "two"}) {
        encoder.descriptor(0x75);
        encoder.binary(part);
    }
    EXPECT_EQ(decode(bytes).value().body, "one two");
}

TEST(Message, RefusesWhatIsNoSection) {
    EXPECT_TRUE(decode({}).has_value());
    EXPECT_FALSE(decode(testing::raw("\x40")).has_value());
    EXPECT_FALSE(decode(testing::raw("junk")).has_value());
}

TEST(Message, ACloudMessageKeepsWhatTheDeviceShallSee) {
    Buffer bytes;
    Encoder encoder(bytes);
    encoder.descriptor(0x73);
    encoder.begin_list();
    encoder.uuid("0123456789abcdef");
    encoder.binary(std::string_view("user"));
    encoder.string("/devices/gw%2D1/messages/deviceBound");
    encoder.null();
    encoder.null();
    encoder.string("corr");
    encoder.symbol("application/json");
    encoder.symbol("utf-8");
    encoder.timestamp(kVirtualEpoch + 1h);
    encoder.end();
    encoder.descriptor(0x74);
    encoder.begin_map();
    encoder.string("number");
    encoder.int32(7);
    encoder.string("iothub-ack");
    encoder.string("negative");
    encoder.string("nothing");
    encoder.null();
    encoder.end();
    encoder.descriptor(0x77);
    encoder.string("text body");
    const auto cloud = to_cloud_message(decode(bytes).value());
    ASSERT_TRUE(cloud.has_value());
    EXPECT_EQ(cloud->device_id, "gw-1");
    EXPECT_EQ(cloud->ack, AckMode::kNegative);
    EXPECT_EQ(cloud->properties.message_id, "30313233-3435-3637-3839-616263646566");
    EXPECT_EQ(cloud->properties.user_id, "user");
    EXPECT_EQ(cloud->properties.correlation_id, "corr");
    EXPECT_EQ(cloud->properties.content_type, "application/json");
    EXPECT_EQ(cloud->properties.content_encoding, "utf-8");
    EXPECT_EQ(cloud->properties.expiry, kVirtualEpoch + 1h);
    ASSERT_EQ(cloud->application.size(), 2U);
    EXPECT_EQ(cloud->application[0].value, "7");
    EXPECT_EQ(cloud->application[1].value, std::nullopt);
    EXPECT_EQ(cloud->body.size(), 9U);
}

TEST(Message, ACloudMessageWithoutADeviceIsRefused) {
    EXPECT_FALSE(to_cloud_message(Message{}).has_value());
}

}  // namespace
}  // namespace twinstorm::amqp
