#include "agent/iso_duration.h"

#include <chrono>

#include <gtest/gtest.h>

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

TEST(IsoDuration, ReadsEveryComponent) {
    EXPECT_EQ(parse_iso_duration("PT7M"), 7min);
    EXPECT_EQ(parse_iso_duration("PT13H"), 13h);
    EXPECT_EQ(parse_iso_duration("P1DT12H30M5S"), 36h + 30min + 5s);
    EXPECT_EQ(parse_iso_duration("P2W"), 14 * 24h);
    EXPECT_EQ(parse_iso_duration("P1Y2M"), (365 + 60) * 24h);
    EXPECT_EQ(parse_iso_duration("PT0S"), 0s);
    EXPECT_EQ(parse_iso_duration("PT0.5S"), 500ms);
    EXPECT_EQ(parse_iso_duration("PT1,5M"), 90s);
}

TEST(IsoDuration, RefusesWhatIsNone) {
    for (const char* const text : {"",         "P",          "PT",
                                   "7M",       "PT7",        "P7",
                                   "PT7D",     "P1H",        "PT1S2M",
                                   "PT1M1M",   "P1DT",       "PT1.5M2S",
                                   "PT.5S",    "PT5.S",      "PT-5S",
                                   "-PT5S",    "PT5Sx",      "pt5s",
                                   "PT1.2.3S", "P99999999Y", "PT99999999999999999999999S",
                                   "PTT5S",    "P1M1Y"}) {
        EXPECT_EQ(parse_iso_duration(text), std::nullopt) << text;
    }
}

TEST(IsoDuration, WritesWhatItReads) {
    EXPECT_EQ(format_iso_duration(7min), "PT7M");
    EXPECT_EQ(format_iso_duration(13h), "PT13H");
    EXPECT_EQ(format_iso_duration(24h), "P1D");
    EXPECT_EQ(format_iso_duration(36h + 30min + 5s), "P1DT12H30M5S");
    EXPECT_EQ(format_iso_duration(0s), "PT0S");
    EXPECT_EQ(format_iso_duration(1'050ms), "PT1.05S");
    EXPECT_EQ(format_iso_duration(1ns), "PT0.000000001S");
    for (const Duration duration : {Duration(1ms), Duration(90s), Duration(25h + 3s)}) {
        EXPECT_EQ(parse_iso_duration(format_iso_duration(duration)), duration);
    }
}

}  // namespace
}  // namespace twinstorm::agent
