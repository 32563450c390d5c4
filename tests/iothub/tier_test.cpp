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

// Every row of the documentation's table, as printed there.
TEST(Tier, TheWholeTable) {
    using O = OperationClass;
    struct Row {
        OperationClass operation;
        double small;   // F1 and S1 x 1.
        double medium;  // S2 x 1.
        double large;   // S3 x 1.
        double many;    // S2 x 50: the maxima leave their floor.
    };
    for (const Row& row :
         {Row{O::kRegistry, 1.67, 1.67, 83.33, 83.33}, Row{O::kConnections, 100, 120, 6'000, 6'000},
          Row{O::kDeviceMessages, 100, 120, 6'000, 6'000},
          Row{O::kFileUploads, 1.67, 1.67, 83.33, 83.33},
          Row{O::kQueries, 0.33, 0.33, 16.67, 16.67},
          Row{O::kCloudToDeviceSends, 1.67, 1.67, 83.33, 83.33},
          Row{O::kCloudToDeviceReceives, 16.67, 16.67, 833.33, 833.33},
          Row{O::kDirectMethods, 40, 120, 6'144, 6'000}, Row{O::kTwinReads, 100, 100, 500, 500},
          Row{O::kTwinUpdates, 50, 50, 250, 250}, Row{O::kJobOperations, 1.67, 1.67, 83.33, 83.33},
          Row{O::kJobDeviceOperations, 10, 10, 50, 50},
          Row{O::kConfigurations, 0.33, 0.33, 0.33, 16.67}}) {
        const auto near = [&](Tier tier, int units, double expected) {
            EXPECT_NEAR(limits(tier, units).rate(row.operation), expected, 0.01)
                << name(row.operation) << " of " << name(tier) << " x " << units;
        };
        near(Tier::kF1, 1, row.small);
        near(Tier::kS1, 1, row.small);
        near(Tier::kS2, 1, row.medium);
        near(Tier::kS3, 1, row.large);
        near(Tier::kS2, 50, row.many);
    }
}

TEST(Tier, NamesOperationsBothWays) {
    for (std::size_t i = 0; i < kOperationClassCount; ++i) {
        const auto operation = static_cast<OperationClass>(i);
        EXPECT_EQ(find_operation_class(name(operation)), operation);
    }
    EXPECT_EQ(name(OperationClass::kTwinReads), "twin_reads");
    EXPECT_EQ(find_operation_class("twin reads"), std::nullopt);
    EXPECT_EQ(find_operation_class(""), std::nullopt);
}

TEST(Tier, JobsAndConfigurations) {
    EXPECT_EQ(limits(Tier::kF1, 1).jobs_max, 1);
    EXPECT_EQ(limits(Tier::kS1, 200).jobs_max, 1);
    EXPECT_EQ(limits(Tier::kS2, 1).jobs_max, 5);
    EXPECT_EQ(limits(Tier::kS3, 1).jobs_max, 10);
    EXPECT_EQ(limits(Tier::kF1, 1).configurations_max, 10);
    EXPECT_EQ(limits(Tier::kS1, 1).configurations_max, 100);
}

TEST(Tier, SellsSoManyUnits) {
    EXPECT_TRUE(check_units(Tier::kF1, 1));
    EXPECT_TRUE(check_units(Tier::kS1, 200));
    EXPECT_TRUE(check_units(Tier::kS3, 10));
    EXPECT_EQ(check_units(Tier::kS3, 11).error().detail, "S3 has 1 to 10 units, not 11");
    EXPECT_EQ(check_units(Tier::kF1, 2).error().detail, "F1 has 1 unit, not 2");
    EXPECT_EQ(check_units(Tier::kS2, 0).error().detail, "S2 has 1 to 200 units, not 0");
    EXPECT_FALSE(check_units(Tier::kS2, -1));
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
