#include "hub/twin_scan.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

hub::Options options() {
    hub::Options options;
    options.throttle = false;
    return options;
}

class TwinScan : public ::testing::Test, public HubFixture {
protected:
    TwinScan() : HubFixture(options()) {}
};

TEST_F(TwinScan, LeavesTheLoopToOthersBetweenItsSlices) {
    constexpr int kDevices = 2 * static_cast<int>(hub::kScanSliceTwins);
    for (int first = 0; first < kDevices; first += 100) {
        std::string items;
        for (int i = first; i < std::min(kDevices, first + 100); ++i) {
            items += fmt::format(R"({}{{"id":"d-{:04}"}})", items.empty() ? "" : ",", i);
        }
        ASSERT_EQ(rest("POST", "/devices", "[" + items + "]").status, 200U);
    }
    const auto answer = ask("POST", "/devices/query",
                            R"({"query":"SELECT deviceId FROM devices WHERE tags.none = 1"})");
    EXPECT_EQ(answer->status, 0U);
    EXPECT_EQ(rest("DELETE", "/devices/d-0600").status, 204U);  // Meanwhile others are served.
    loop.pass(0s);
    EXPECT_EQ(answer->status, 200U);
    // A query that names its device is answered in one turn.
    EXPECT_EQ(rest("POST", "/devices/query",
                   R"({"query":"SELECT deviceId FROM devices WHERE deviceId = 'd-1000'"})")
                  .body.as_array()
                  .size(),
              1U);
}

TEST_F(TwinScan, RendersWhatAConditionTouches) {
    using query::Root;
    const iothub::TwinParts tags = hub::parts_of({Root::kTags});
    EXPECT_TRUE(tags.tags);
    EXPECT_FALSE(tags.header || tags.desired || tags.reported || tags.metadata);
    const iothub::TwinParts metadata = hub::parts_of({Root::kReportedMetadata});
    EXPECT_TRUE(metadata.reported && metadata.metadata);
    EXPECT_FALSE(metadata.desired);
    EXPECT_TRUE(hub::parts_of({Root::kConfigurations}).header);
}

}  // namespace
}  // namespace twinstorm::testing
