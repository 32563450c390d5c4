#include "twinstorm/plan/nearest_name.h"

#include <array>

#include <gtest/gtest.h>

namespace twinstorm::plan {
namespace {

constexpr std::array<std::string_view, 3> kKnown{"devices", "duration", "id"};

TEST(NearestName, CountsTypingSlips) {
    EXPECT_EQ(typing_slips("devices", "devices"), 0u);
    EXPECT_EQ(typing_slips("", "abc"), 3u);
    EXPECT_EQ(typing_slips("abc", ""), 3u);
    EXPECT_EQ(typing_slips("devcies", "devices"), 1u) << "swapped neighbours";
    EXPECT_EQ(typing_slips("Devices", "devices"), 0u) << "case";
    EXPECT_EQ(typing_slips("kitten", "sitting"), 3u);
}

TEST(NearestName, FindsTheNearest) {
    EXPECT_EQ(nearest_name("devcs", kKnown), "devices");
    EXPECT_EQ(nearest_name("durations", kKnown), "duration");
    EXPECT_EQ(nearest_name("x", {}), std::nullopt);
}

TEST(NearestName, SuggestsOnlyWhatIsNear) {
    EXPECT_EQ(suggest("devcies", kKnown), "did you mean `devices`?");
    EXPECT_EQ(suggest("colour", kKnown), "expected one of `devices`, `duration`, `id`");
    EXPECT_EQ(suggest("colour", std::span(kKnown).first(1)), "expected `devices`");
    EXPECT_EQ(suggest("colour", {}), "expected none");
}

TEST(NearestName, StaysQuickOnLongInput) {
    const std::string long_name(1 << 20, 'x');
    EXPECT_EQ(typing_slips(long_name, "devices"), kComparedCharsMax);
}

}  // namespace
}  // namespace twinstorm::plan
