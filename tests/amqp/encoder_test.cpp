#include "amqp/encoder.h"

#include <string>

#include <gtest/gtest.h>

#include "amqp/raw_frames.h"
#include "amqp/value.h"

namespace twinstorm::amqp {
namespace {

[[nodiscard]] Value read_back(const Buffer& bytes) {
    std::span<const std::byte> rest(bytes);
    auto value = decode_value(rest);
    EXPECT_TRUE(value.has_value() && rest.empty());
    return value.value_or(Value{});
}

TEST(Encoder, WritesWhatTheDecoderReads) {
    Buffer bytes;
    Encoder encoder(bytes);
    encoder.begin_list();
    encoder.null();
    encoder.boolean(true);
    encoder.uint8(7);
    encoder.uint32(8);
    encoder.uint64(9);
    encoder.int32(-10);
    encoder.int64(-11);
    encoder.timestamp(kVirtualEpoch);
    encoder.string("text");
    encoder.symbol("symbol");
    encoder.binary(std::string_view("bytes"));
    encoder.uuid("0123456789abcdef");
    encoder.end();
    const Value list = read_back(bytes);
    ASSERT_EQ(list.items.size(), 12U);
    EXPECT_TRUE(list.items[0].is_null());
    EXPECT_TRUE(list.items[1].is_true());
    EXPECT_EQ(list.items[2].width, 1);
    EXPECT_EQ(list.items[3].width, 4);
    EXPECT_EQ(list.items[4].number, 9);
    EXPECT_EQ(list.items[5].number, -10);
    EXPECT_EQ(list.items[6].number, -11);
    EXPECT_EQ(list.items[7].number, 1767225600000);
    EXPECT_EQ(list.items[8].text, "text");
    EXPECT_EQ(list.items[9].kind, Value::Kind::kSymbol);
    EXPECT_EQ(list.items[10].kind, Value::Kind::kBinary);
    EXPECT_EQ(list.items[11].text, "0123456789abcdef");
}

TEST(Encoder, ADescribedValueIsOneItem) {
    Buffer bytes;
    Encoder encoder(bytes);
    encoder.begin_list();
    encoder.descriptor(0x28);
    encoder.begin_map();
    encoder.symbol("k");
    encoder.string("v");
    encoder.end();
    encoder.null();
    encoder.end();
    const Value list = read_back(bytes);
    ASSERT_EQ(list.items.size(), 2U);
    EXPECT_EQ(list.items[0].items[1].at("k").text, "v");
}

TEST(Encoder, LongTextsAndArrays) {
    Buffer bytes;
    Encoder encoder(bytes);
    const std::string text(70'000, 'x');
    encoder.begin_list();
    encoder.string(text);
    encoder.string_array({"0", "1", text});
    encoder.symbol_array({});
    encoder.end();
    const Value list = read_back(bytes);
    ASSERT_EQ(list.items.size(), 3U);
    EXPECT_EQ(list.items[0].text, text);
    EXPECT_EQ(list.items[1].items.at(2).text, text);
    EXPECT_TRUE(list.items[2].items.empty());
}

TEST(Encoder, InstantsBeforeTheEpochRoundDown) {
    Buffer bytes;
    Encoder encoder(bytes);
    encoder.timestamp(WallTime(std::chrono::nanoseconds(-1)));
    EXPECT_EQ(read_back(bytes).number, -1);
}

}  // namespace
}  // namespace twinstorm::amqp
