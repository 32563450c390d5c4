#include "mqtt/fixed_header.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "mqtt/examples.h"

namespace twinstorm::mqtt {
namespace {

using namespace std::string_literals;

struct LengthCase {
    Raw encoded;
    std::size_t length;
};

// The bounds of each size, from the standard's table 2.4.
const LengthCase kLengths[] = {
    {"\x00"s, 0},
    {"\x7F"s, 127},
    {"\x80\x01"s, 128},
    {"\xFF\x7F"s, 16'383},
    {"\x80\x80\x01"s, 16'384},
    {"\xFF\xFF\x7F"s, 2'097'151},
    {"\x80\x80\x80\x01"s, 2'097'152},
    {"\xFF\xFF\xFF\x7F"s, 268'435'455},
    {"\x80\x00"s, 0},  // Longer than needed: 3.1.1 does not forbid it.
};

TEST(FixedHeader, ReadsTheRemainingLength) {
    for (const LengthCase& example : kLengths) {
        const Raw encoded = "\x30" + example.encoded;
        const auto header = parse_fixed_header(bytes(encoded));
        EXPECT_TRUE(header.complete) << example.length;
        EXPECT_EQ(header.remaining_bytes, example.length);
        EXPECT_EQ(header.header_bytes, encoded.size());
        EXPECT_EQ(header.packet_bytes(), encoded.size() + example.length);
    }
}

TEST(FixedHeader, WaitsForEachByte) {
    for (const LengthCase& example : kLengths) {
        const Raw encoded = "\x30" + example.encoded;
        for (std::size_t size = 0; size < encoded.size(); ++size) {
            const auto header = parse_fixed_header(bytes(encoded).first(size));
            EXPECT_FALSE(header.malformation);
            EXPECT_FALSE(header.complete) << example.length << " cut at " << size;
        }
    }
}

TEST(FixedHeader, RefusesAFifthLengthByteAsSoonAsItIsAnnounced) {
    EXPECT_FALSE(parse_fixed_header(bytes("\x30\xFF\xFF\xFF")).malformation);
    const auto header = parse_fixed_header(bytes("\x30\xFF\xFF\xFF\xFF"));
    EXPECT_EQ(header.malformation, Malformation::kRemainingLengthTooLong);
    EXPECT_FALSE(header.complete);
}

// All 256 first bytes, against the table of the standard written out as a set.
TEST(FixedHeader, TakesTheFirstBytesOfTheStandardAndNoOther) {
    const std::set<int> good = {0x10, 0x20, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35,
                                0x3A, 0x3B, 0x3C, 0x3D, 0x40, 0x50, 0x62, 0x70,
                                0x82, 0x90, 0xA2, 0xB0, 0xC0, 0xD0, 0xE0};
    for (int first = 0; first < 256; ++first) {
        const auto header = parse_fixed_header(bytes(Raw(1, static_cast<char>(first))));
        EXPECT_EQ(!header.malformation, good.contains(first)) << first;
    }
}

TEST(FixedHeader, GivesTypeAndFlags) {
    const auto header = parse_fixed_header(bytes("\x3D\x05"));
    ASSERT_TRUE(header.complete);
    EXPECT_EQ(header.type, PacketType::kPublish);
    EXPECT_EQ(header.flags, 0x0D);
}

}  // namespace
}  // namespace twinstorm::mqtt
