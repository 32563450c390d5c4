#include "twinstorm/defender/event_names.h"

#include <string>

#include <gtest/gtest.h>

namespace twinstorm::defender {
namespace {

using Counts = std::vector<EventCount>;

// Made with flatc 2.0.8 and read back by the original readers: one heartbeat.
constexpr std::string_view kHeartbeat =
    "100000000c0010000400080000000c000c000000140000000400050304000000010000003000000018000000646566"
    "656e6465722d696f742d6d6963726f2d6167656e7400000e002400080018001c00070020000e000000000000040001"
    "02030405060708090a0b0c0d0e0f00f153653c000000080000000400040004000000";
constexpr std::size_t kPayloadTypeAt = 91;
constexpr std::string_view kFlat = "2.3-1-1-0";

std::string heartbeat() {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < kHeartbeat.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(kHeartbeat.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

std::string with_names(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ",") + std::string(R"({"Id":"x","Name":")") + name + "\"}";
    }
    return R"({"Events":[)" + text + "]}";
}

TEST(EventNames, AreCountedInTheirOrder) {
    EXPECT_EQ(count_events(with_names({"Login", "ProcessCreate", "Login"}), ""),
              (Counts{{"Login", 2}, {"ProcessCreate", 1}}));
    EXPECT_EQ(count_events(with_names({"Login"}), "2.3-0-1-0"), (Counts{{"Login", 1}}));
}

// A harness asks about ignored messages, too: those break the schema in ways of their own.
TEST(EventNames, NeedNoValidMessage) {
    EXPECT_EQ(count_events(with_names({"NobodyKnowsThis"}), ""), (Counts{{"NobodyKnowsThis", 1}}));
    EXPECT_EQ(count_events(R"({"Events":[7,{"Name":3},{"Name":"Login"}]})", ""),
              (Counts{{"other", 2}, {"Login", 1}}));
    EXPECT_EQ(count_events(R"({"Events":{}})", ""), Counts());
    EXPECT_EQ(count_events("[]", ""), Counts());
    EXPECT_EQ(count_events("{", ""), Counts());
    EXPECT_EQ(count_events(with_names({"Login"}), "sevent"), Counts());
}

TEST(EventNames, AreBoundedInNumberAndLength) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < 2 * kEventNamesMax; ++i) {
        names.push_back("n" + std::to_string(i));
    }
    names.emplace_back("n0");
    const Counts counts = count_events(with_names(names), "");
    ASSERT_EQ(counts.size(), kEventNamesMax);
    EXPECT_EQ(counts.front(), (EventCount{"n0", 2}));
    EXPECT_EQ(counts.back(), (EventCount{"other", kEventNamesMax + 1}));
    EXPECT_EQ(count_events(with_names({std::string(kEventNameBytesMax + 1, 'x')}), ""),
              (Counts{{"other", 1}}));
}

TEST(EventNames, OfFlatBuffersArePayloadTables) {
    std::string bytes = heartbeat();
    EXPECT_EQ(count_events(bytes, kFlat), (Counts{{"Heartbeat", 1}}));
    bytes[kPayloadTypeAt] = 6;
    EXPECT_EQ(count_events(bytes, kFlat), (Counts{{"Process", 1}}));
    bytes[kPayloadTypeAt] = 8;
    EXPECT_EQ(count_events(bytes, kFlat), (Counts{{"other", 1}}));
}

// Whatever the bytes are, nothing is read beyond them (the sanitizers watch) or counted twice.
TEST(EventNames, SurviveEveryCutAndFlip) {
    const std::string whole = heartbeat();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_LE(count_events(whole.substr(0, size), kFlat).size(), 1U) << size;
        std::string flipped = whole;
        flipped[size] = static_cast<char>(~flipped[size]);
        EXPECT_LE(count_events(flipped, kFlat).size(), 1U) << size;
    }
}

}  // namespace
}  // namespace twinstorm::defender
