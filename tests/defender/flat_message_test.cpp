#include "defender/flat_message.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace twinstorm::defender {
namespace {

// Made with flatc 2.0.8 and read back by the original readers; version 3.5.4, time 1700000000.
constexpr std::string_view kHeartbeat =
    "100000000c0010000400080000000c000c000000140000000400050304000000010000003000000018000000646566"
    "656e6465722d696f742d6d6963726f2d6167656e7400000e002400080018001c00070020000e000000000000040001"
    "02030405060708090a0b0c0d0e0f00f153653c000000080000000400040004000000";
constexpr std::string_view kFlow =
    "100000000c0010000400080000000c000c000000140000000400050304000000010000003000000018000000646566"
    "656e6465722d696f742d6d6963726f2d6167656e7400000e002600080018001c00070020000e000000000000010001"
    "02030405060708090a0b0c0d0e0f00f153650a0000000c000000000006000800040006000000040000000100000"
    "00c0000000800100004000c00080000000a00000508080808100000000c0010000400060008000c000c000000409cb"
    "b"
    "01e8030000f4010000";

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

std::string verdict(std::string_view body) {
    const Flaw found = check_flat_message(body);
    return found ? std::string(name(found->reason)) + " " + found->where : "accepted";
}

// The payload type stands in the event table, 7 bytes behind its begin; it is the only byte that
// these two messages have for it.
constexpr std::size_t kPayloadTypeAt = 91;

TEST(FlatMessage, TheGoldenVectorsPass) {
    ASSERT_EQ(from_hex(kHeartbeat).size(), 128U);
    ASSERT_EQ(from_hex(kFlow).size(), 196U);
    EXPECT_EQ(verdict(from_hex(kHeartbeat)), "accepted");
    EXPECT_EQ(verdict(from_hex(kFlow)), "accepted");
}

TEST(FlatMessage, AnUnknownPayloadIsNamed) {
    std::string bytes = from_hex(kHeartbeat);
    ASSERT_EQ(bytes[kPayloadTypeAt], 4);
    bytes[kPayloadTypeAt] = 8;
    EXPECT_EQ(verdict(bytes), "unknown-event events[0].payload_type");
    bytes[kPayloadTypeAt] = 0;
    EXPECT_EQ(verdict(bytes), "missing-member events[0].payload_type");
}

TEST(FlatMessage, APayloadIsReadAsWhatItsTypeSays) {
    std::string bytes = from_hex(kFlow);
    ASSERT_EQ(bytes[kPayloadTypeAt], 1);
    bytes[kPayloadTypeAt] = 5;  // A baseline check must have an id; a flow's first field is none.
    EXPECT_NE(verdict(bytes), "accepted");
}

TEST(FlatMessage, NeitherTextNorJsonIsOne) {
    for (const std::string_view text :
         {"", "x", "1234", "12345678", "{\"AgentVersion\":\"0.0.5\"}"}) {
        EXPECT_EQ(verdict(text).substr(0, 15), "not-flatbuffers") << text;
    }
}

TEST(FlatMessage, EveryPrefixIsRefused) {
    const std::string bytes = from_hex(kFlow);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_NE(verdict(bytes.substr(0, size)), "accepted") << size;
    }
}

// Run with the address sanitizer this shows that no changed byte leads outside.
TEST(FlatMessage, EveryChangedByteIsJudged) {
    std::size_t refused = 0;
    for (const std::string_view hex : {kHeartbeat, kFlow}) {
        const std::string bytes = from_hex(hex);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            for (int value = 0; value < 256; ++value) {
                std::string changed = bytes;
                changed[i] = static_cast<char>(value);
                refused += verdict(changed) == "accepted" ? 0 : 1;
            }
        }
    }
    EXPECT_GT(refused, 1000U);
}

void put_32(std::string& bytes, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) {
        bytes += static_cast<char>(value >> shift & 0xFF);
    }
}

// A message whose vector of events has `count` offsets to one and the same event.
std::string one_event_many_times(std::uint32_t count) {
    constexpr std::uint32_t kEventsAt = 28;  // In the golden message: the offset of the vector,
    constexpr std::uint32_t kVtableAt = 68;  // the event's vtable with its padding,
    constexpr std::uint32_t kEventAt = 84;   // and the event itself.
    const std::string golden = from_hex(kHeartbeat);
    const auto vector_at = static_cast<std::uint32_t>(golden.size());
    const std::uint32_t first_at = vector_at + 4;
    const std::uint32_t event_at = first_at + 4 * count + (kEventAt - kVtableAt);
    std::string bytes = golden.substr(0, kEventsAt);
    put_32(bytes, vector_at - kEventsAt);
    bytes += golden.substr(kEventsAt + 4);
    put_32(bytes, count);
    for (std::uint32_t i = 0; i < count; ++i) {
        put_32(bytes, event_at - (first_at + 4 * i));
    }
    return bytes + golden.substr(kVtableAt);
}

TEST(FlatMessage, OneTableVisitedTooOftenIsRefused) {
    EXPECT_EQ(verdict(one_event_many_times(0)), "accepted");
    EXPECT_EQ(verdict(one_event_many_times(2)), "accepted");
    // Else such vectors, one in the other, would cost the square of the message's length.
    EXPECT_EQ(verdict(one_event_many_times(10'000)).substr(0, 15), "not-flatbuffers");
}

}  // namespace
}  // namespace twinstorm::defender
