#include "amqp/value.h"

#include <string>

#include <gtest/gtest.h>

#include "amqp/limits.h"
#include "amqp/raw_frames.h"

namespace twinstorm::amqp {
namespace {

using namespace std::string_literals;
using Kind = Value::Kind;

[[nodiscard]] Result<Value> decode(const std::string& text) {
    const auto bytes = testing::raw(text);
    std::span<const std::byte> rest(bytes);
    auto value = decode_value(rest);
    EXPECT_TRUE(!value || rest.empty());
    return value;
}

TEST(Value, DecodesNumbersInAllTheirWidths) {
    struct Example {
        std::string bytes;
        Kind kind;
        int width;
        std::int64_t number;
    };
    for (const Example& example : {
             Example{"\x41"s, Kind::kBool, 1, 1},
             Example{"\x42"s, Kind::kBool, 1, 0},
             Example{"\x56\x01"s, Kind::kBool, 1, 1},
             Example{"\x50\xff"s, Kind::kUnsigned, 1, 255},
             Example{"\x60\x01\x00"s, Kind::kUnsigned, 2, 256},
             Example{"\x43"s, Kind::kUnsigned, 4, 0},
             Example{"\x52\x07"s, Kind::kUnsigned, 4, 7},
             Example{"\x70\x80\x00\x00\x00"s, Kind::kUnsigned, 4, 0x80000000},
             Example{"\x44"s, Kind::kUnsigned, 8, 0},
             Example{"\x53\x10"s, Kind::kUnsigned, 8, 16},
             Example{"\x51\xff"s, Kind::kSigned, 1, -1},
             Example{"\x61\xff\xfe"s, Kind::kSigned, 2, -2},
             Example{"\x54\xfd"s, Kind::kSigned, 4, -3},
             Example{"\x71\xff\xff\xff\xfc"s, Kind::kSigned, 4, -4},
             Example{"\x55\xfb"s, Kind::kSigned, 8, -5},
             Example{"\x81\xff\xff\xff\xff\xff\xff\xff\xfa"s, Kind::kSigned, 8, -6},
             Example{"\x83\x00\x00\x00\x00\x00\x00\x01\x00"s, Kind::kTimestamp, 8, 256},
         }) {
        const auto value = decode(example.bytes);
        ASSERT_TRUE(value.has_value());
        EXPECT_EQ(value->kind, example.kind);
        EXPECT_EQ(value->number, example.number);
        EXPECT_EQ(value->width, example.width);
    }
}

TEST(Value, DecodesTexts) {
    EXPECT_EQ(decode("\xa1\x02hi").value().text, "hi");
    EXPECT_EQ(decode("\xb1\0\0\0\x02hi"s).value().kind, Kind::kString);
    EXPECT_EQ(decode("\xa3\x02hi").value().kind, Kind::kSymbol);
    EXPECT_EQ(decode("\xa0\x02hi").value().kind, Kind::kBinary);
}

TEST(Value, DecodesCompounds) {
    const Value list = decode(
                           "\xc0\x05\x02\xa1\x01"
                           "a\x40"s)
                           .value();
    EXPECT_EQ(list.field(0).text, "a");
    EXPECT_TRUE(list.field(1).is_null());
    EXPECT_TRUE(list.field(99).is_null());
    EXPECT_TRUE(decode("\x45").value().items.empty());
    const Value map = decode("\xc1\x07\x02\xa1\x01k\xa1\x01v"s).value();
    EXPECT_EQ(map.at("k").text, "v");
    EXPECT_TRUE(map.at("x").is_null());
    const Value array = decode(
                            "\xe0\x06\x02\xa3\x01"
                            "a\x01"
                            "b"s)
                            .value();
    EXPECT_EQ(array.items.at(1).text, "b");
    const Value described = decode("\x00\x53\x24\x45"s).value();
    EXPECT_EQ(described.kind, Kind::kDescribed);
    EXPECT_EQ(described.items[0].number, 0x24);
}

TEST(Value, RefusesWhatIsMalformed) {
    for (const std::string& bad :
         {""s, "\x01"s, "\xa1"s, "\xa1\x05hi"s, "\xb1\xff\xff\xff\xffhi"s, "\x56\x02"s, "\x70\0"s,
          "\xc0\x01"s, "\xc0\x00\x00"s, "\xc0\x02\x01"s, "\xc0\x02\x02\x40"s,
          "\xc0\x03\x01\x40\x40"s, "\xc1\x02\x01\x40"s, "\xd0\xff\xff\xff\xff\xff\xff\xff\xff"s,
          "\xe0\x02\x09\x70"s, "\xf0\0\0\0\x05\xff\xff\xff\xff\x40"s, "\x00"s, "\x00\x53"s,
          "\x00\x53\x24"s}) {
        EXPECT_FALSE(decode(bad).has_value()) << ::testing::PrintToString(bad);
    }
}

TEST(Value, NestsOnlySoDeep) {
    const auto nested = [](int depth) {
        Buffer bytes;
        Encoder encoder(bytes);
        for (int i = 0; i < depth; ++i) {
            encoder.begin_list();
        }
        for (int i = 0; i < depth; ++i) {
            encoder.end();
        }
        return testing::text_of_frame(bytes);
    };
    EXPECT_TRUE(decode(nested(kDepthMax)).has_value());
    EXPECT_FALSE(decode(nested(kDepthMax + 2)).has_value());
    std::string described(100, '\0');
    EXPECT_FALSE(decode(described).has_value());
}

TEST(Value, FewBytesCannotMakeManyValues) {
    Buffer bytes;
    Encoder encoder(bytes);
    encoder.begin_list();
    // Arrays of nulls: items without a byte of their own.
    for (int i = 0; i < 10; ++i) {
        const auto array = testing::raw("\xf0\0\0\0\x05\0\0\x0f\xff\x40"s);
        bytes.insert(bytes.end(), array.begin(), array.end());
    }
    encoder.end();
    bytes[8] = std::byte{10};
    EXPECT_FALSE(decode(testing::text_of_frame(bytes)).has_value());
}

TEST(Value, TellsItselfAsText) {
    EXPECT_EQ(decode("\x98\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"s)
                  .value()
                  .to_text(),
              "00112233-4455-6677-8899-aabbccddeeff");
    EXPECT_EQ(decode("\x41").value().to_text(), "true");
    EXPECT_EQ(decode("\x54\xff").value().to_text(), "-1");
    EXPECT_EQ(decode("\x80\xff\xff\xff\xff\xff\xff\xff\xff").value().to_text(),
              "18446744073709551615");
    EXPECT_EQ(decode("\x45").value().to_text(), "");
}

}  // namespace
}  // namespace twinstorm::amqp
