#include "twinstorm/base/units.h"

#include <gtest/gtest.h>

namespace twinstorm {
namespace {

using namespace std::chrono_literals;

TEST(Units, DurationsCarryTheirUnit) {
    EXPECT_EQ(parse_duration("250ms"), Duration(250ms));
    EXPECT_EQ(parse_duration("1.5s"), Duration(1500ms));
    EXPECT_EQ(parse_duration("2m"), Duration(2min));
    EXPECT_EQ(parse_duration("1d"), Duration(24h));
    for (const char* wrong : {"", "5", "ms", "-5s", "5 s", "5sec", "1e30d", "nan s", "0x5s"}) {
        EXPECT_FALSE(parse_duration(wrong)) << wrong;
    }
    EXPECT_EQ(parse_duration("5").error().detail,
              "`5` is not a duration; expected a form such as `250ms`");
}

TEST(Units, RatesSizesAndShares) {
    EXPECT_DOUBLE_EQ(parse_rate("100/s").value(), 100);
    EXPECT_DOUBLE_EQ(parse_rate("60/m").value(), 1);
    EXPECT_FALSE(parse_rate("100"));
    EXPECT_EQ(parse_size("4KiB"), 4096u);
    EXPECT_EQ(parse_size("1MB"), 1'000'000u);
    EXPECT_FALSE(parse_size("4K"));
    EXPECT_DOUBLE_EQ(parse_share("99%").value(), 0.99);
    EXPECT_FALSE(parse_share("101%"));
}

TEST(Units, PeopleReadThreeDigits) {
    EXPECT_EQ(format_duration(1'250us), "1.25ms");
    EXPECT_EQ(format_duration(12'345ms), "12.3s");
    EXPECT_EQ(format_duration(999ns), "999ns");
    EXPECT_EQ(format_count(12345), "12,345");
    EXPECT_EQ(format_count(0.5), "0.5");
    EXPECT_EQ(format_size(4096), "4.0 KiB");
    EXPECT_EQ(format_size(100), "100 B");
}

}  // namespace
}  // namespace twinstorm
