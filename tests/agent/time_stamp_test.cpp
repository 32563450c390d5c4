#include "agent/time_stamp.h"

#include <string>

#include <gtest/gtest.h>

#include "agent/json_text.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

constexpr WallAnchor kAnchor{kVirtualEpoch};

TEST(TimeStamps, TellTheZone) {
    TimeStamps east(kAnchor, 330, ZoneForm::kOffset);
    EXPECT_EQ(east.first(kRunStart).local(), "2026-01-01T05:30:00+05:30");
    EXPECT_EQ(east.first(kRunStart).utc(), "2026-01-01T00:00:00Z");
    TimeStamps west(kAnchor, -570, ZoneForm::kOffset);
    EXPECT_EQ(west.first(kRunStart).local(), "2025-12-31T14:30:00-09:30");
    TimeStamps utc(kAnchor, 0, ZoneForm::kOffset);
    EXPECT_EQ(utc.first(kRunStart).local(), "2026-01-01T00:00:00Z");
}

TEST(TimeStamps, OrTellItWronglyOrNotAtAll) {
    TimeStamps c(kAnchor, 60, ZoneForm::kFalseZ);
    EXPECT_EQ(c.first(kRunStart).local(), "2026-01-01T01:00:00Z");
    EXPECT_EQ(c.first(kRunStart).utc(), "2026-01-01T00:00:00Z");
    TimeStamps cs(kAnchor, 60, ZoneForm::kNone);
    EXPECT_EQ(cs.first(kRunStart).local(), "2026-01-01T01:00:00");
    EXPECT_EQ(cs.first(kRunStart).utc(), "2026-01-01T00:00:00");
}

TEST(TimeStamps, FirstAndLastStandBesideEachOther) {
    TimeStamps stamps(kAnchor, 0, ZoneForm::kOffset);
    const auto& first = stamps.first(kRunStart + 1500ms);
    const auto& last = stamps.last(kRunStart + 25h);
    EXPECT_EQ(first.utc(), "2026-01-01T00:00:01Z");
    EXPECT_EQ(last.utc(), "2026-01-02T01:00:00Z");
}

// What is remembered of one instant never shows in another.
TEST(TimeStamps, AgreeWithJsonTextInAnyOrder) {
    TimeStamps stamps(kAnchor, -480, ZoneForm::kOffset);
    TimePoint at = kRunStart - 24h * 366;
    for (int i = 0; i < 20'000; ++i) {
        std::string local;
        std::string utc;
        append_time(local, kAnchor.at(at), -480);
        append_time(utc, kAnchor.at(at), 0);
        ASSERT_EQ(stamps.first(at).local(), local);
        ASSERT_EQ(stamps.first(at).utc(), utc);
        at += i % 3 == 0 ? Duration(-7'777s) : Duration(9'999'999'999'999ns) * (i % 7);
    }
}

TEST(TimeStamps, KnowTheTimeBeforeTheEpoch) {
    TimeStamps stamps(WallAnchor{}, 0, ZoneForm::kOffset);
    EXPECT_EQ(stamps.first(kRunStart - 1s).utc(), "1969-12-31T23:59:59Z");
}

}  // namespace
}  // namespace twinstorm::agent
