#include "hub/iso_instant.h"

#include <gtest/gtest.h>

#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;

TEST(IsoInstant, ReadsWhatServicesWrite) {
    EXPECT_EQ(read_iso_instant("2026-01-01T00:00:00Z"), kVirtualEpoch);
    EXPECT_EQ(read_iso_instant("2026-01-01T00:00:00"), kVirtualEpoch);
    EXPECT_EQ(read_iso_instant("2026-01-01T00:00:00.25Z"), kVirtualEpoch + 250ms);
    EXPECT_EQ(read_iso_instant("2026-01-01T02:30:00+02:30"), kVirtualEpoch);
    EXPECT_EQ(read_iso_instant("2025-12-31T23:00:00.000-01:00"), kVirtualEpoch);
    const WallTime now = kVirtualEpoch + 123'456'700ns;
    EXPECT_EQ(read_iso_instant(iothub::format_instant(now)), now);
}

TEST(IsoInstant, RefusesAllElse) {
    for (const std::string_view text :
         {"", "now", "2026", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z",
          "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+2",
          "2026-01-01T00:00:00*01:00", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z",
          "2026-01-01T00:00:00.5.5Z"}) {
        EXPECT_EQ(read_iso_instant(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace twinstorm::hub
