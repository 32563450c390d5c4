#include "twinstorm/query/source.h"

#include <gtest/gtest.h>

namespace twinstorm::query {
namespace {

TEST(Source, IsWrittenAsInQueries) {
    EXPECT_EQ(to_text(Source::kDevices), "devices");
    EXPECT_EQ(to_text(Source::kModules), "devices.modules");
    EXPECT_EQ(to_text(Source::kJobs), "devices.jobs");
}

TEST(ItemType, IsWrittenAsInTheHeader) {
    EXPECT_EQ(to_text(ItemType::kTwin), "Twin");
    EXPECT_EQ(to_text(ItemType::kDeviceJob), "DeviceJob");
    EXPECT_EQ(to_text(ItemType::kRaw), "Raw");
    EXPECT_EQ(to_text(ItemType::kJobResponse), "JobResponse");
}

}  // namespace
}  // namespace twinstorm::query
