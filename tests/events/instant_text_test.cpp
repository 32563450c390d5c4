#include "events/instant_text.h"

#include <chrono>

#include <gtest/gtest.h>

namespace twinstorm::events {
namespace {

using namespace std::chrono_literals;

TEST(InstantText, ReadsIsoInstants) {
    EXPECT_EQ(parse_instant("2026-01-01T00:00:00Z"), kVirtualEpoch);
    EXPECT_EQ(parse_instant("2026-01-01T00:00:01.25Z"), kVirtualEpoch + 1250ms);
    EXPECT_EQ(parse_instant("2026-01-02T01:02:03"), kVirtualEpoch + 25h + 2min + 3s);
    EXPECT_EQ(parse_instant("2026-01-01T00:00:00.1234567Z"), kVirtualEpoch + 123'456'700ns);
}

TEST(InstantText, ReadsMilliseconds) {
    EXPECT_EQ(parse_instant("1767225600250"), kVirtualEpoch + 250ms);
    EXPECT_EQ(parse_instant("0"), WallTime{});
}

TEST(InstantText, RefusesAllElse) {
    for (const char* text :
         {"", "soon", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z",
          "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1x",
          "2026-01-01T00:00:00+01:00", "1969-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "-1",
          "99999999999999999999", "9999999999999"}) {
        EXPECT_EQ(parse_instant(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace twinstorm::events
