#include "twinstorm/iothub/tier.h"

#include <gtest/gtest.h>

namespace twinstorm::iothub {
namespace {

TEST(Tier, NamesBothWays) {
    for (const Tier tier : {Tier::kF1, Tier::kS1, Tier::kS2, Tier::kS3}) {
        EXPECT_EQ(parse_tier(name(tier)), tier);
    }
    for (const char* wrong : {"", "s1", "S4", "B1", "S1 "}) {
        EXPECT_FALSE(parse_tier(wrong)) << wrong;
    }
    EXPECT_EQ(parse_tier("B1").error().detail, "`B1` is not a tier; expected F1, S1, S2 or S3");
}

TEST(Tier, OneUnit) {
    EXPECT_NEAR(limits(Tier::kS1, 1).registry_operations, 1.67, 0.01);
    EXPECT_NEAR(limits(Tier::kS3, 1).registry_operations, 83.33, 0.01);
    EXPECT_EQ(limits(Tier::kS1, 1).connections, 100);
    EXPECT_EQ(limits(Tier::kS2, 1).connections, 120);
    EXPECT_EQ(limits(Tier::kS3, 1).device_messages, 6000);
    EXPECT_EQ(limits(Tier::kS3, 1).twin_reads, 500);
    EXPECT_EQ(limits(Tier::kS3, 1).twin_updates, 250);
}

TEST(Tier, TwinOperationsDoNotGrowWithUnitsOnS1) {
    EXPECT_EQ(limits(Tier::kS1, 200).twin_reads, 100);
    EXPECT_EQ(limits(Tier::kS1, 200).twin_updates, 50);
    EXPECT_EQ(limits(Tier::kS1, 8).device_messages, 100);
    EXPECT_EQ(limits(Tier::kS1, 10).device_messages, 120);
}

TEST(Tier, TenUnitsOfS2AreThePlanningExample) {
    const TierLimits ten = limits(Tier::kS2, 10);
    EXPECT_EQ(ten.connections, 1200);
    EXPECT_EQ(ten.twin_reads, 100);
    EXPECT_EQ(ten.twin_updates, 50);
    EXPECT_EQ(limits(Tier::kS2, 20).twin_reads, 200);
    EXPECT_EQ(limits(Tier::kS2, 20).twin_updates, 100);
}

TEST(Tier, QuotasAndUnits) {
    EXPECT_EQ(limits(Tier::kF1, 1).messages_per_day, 8'000u);
    EXPECT_EQ(limits(Tier::kF1, 1).metering_block_bytes, 512u);
    EXPECT_EQ(limits(Tier::kF1, 1).units_max, 1);
    EXPECT_EQ(limits(Tier::kS1, 3).messages_per_day, 1'200'000u);
    EXPECT_EQ(limits(Tier::kS2, 200).messages_per_day, 1'200'000'000u);
    EXPECT_EQ(limits(Tier::kS3, 10).messages_per_day, 3'000'000'000u);
    EXPECT_EQ(limits(Tier::kS3, 1).metering_block_bytes, 4096u);
    EXPECT_EQ(limits(Tier::kS1, 1).units_max, 200);
    EXPECT_EQ(limits(Tier::kS2, 1).units_max, 200);
    EXPECT_EQ(limits(Tier::kS3, 1).units_max, 10);
}

TEST(Tier, StartedBlocksCountWhole) {
    EXPECT_EQ(metered_messages(0, 4096), 1u);
    EXPECT_EQ(metered_messages(1, 4096), 1u);
    EXPECT_EQ(metered_messages(4096, 4096), 1u);
    EXPECT_EQ(metered_messages(4097, 4096), 2u);
    EXPECT_EQ(metered_messages(513, 512), 2u);
    EXPECT_EQ(metered_messages(UINT64_MAX, 1), UINT64_MAX);
}

}  // namespace
}  // namespace twinstorm::iothub
