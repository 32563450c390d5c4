#include "run/hub_limits.h"

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "hub/quota.h"
#include "hub/throttle.h"
#include "run/scripted_admin.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using iothub::OperationClass;

constexpr WallAnchor kAnchor{kVirtualEpoch};

// As the hub's admin endpoint writes it.
std::string page(const hub::Throttles& throttles, const iothub::TierLimits& limits,
                 const hub::Quota& quota) {
    return boost::json::serialize(
        boost::json::object{{"throttles", hub::throttles_json(throttles, limits, kAnchor)},
                            {"quota", hub::quota_json(quota, kVirtualEpoch)}});
}

TEST(HubLimits, ReadsWhatTheHubWrites) {
    const iothub::TierLimits limits = iothub::limits(iothub::Tier::kF1, 1);
    hub::Throttles throttles(limits, {true, 1s, 1s, 1s});
    hub::Quota quota(limits, true);
    EXPECT_TRUE(parse_limits(page(throttles, limits, quota))->hits.empty());
    for (int i = 0; i < 210; ++i) {  // 100 at once, 100 wait, 10 are refused.
        (void)throttles.ask(OperationClass::kTwinReads, kRunStart + 2s);
    }
    for (int i = 0; i < 51; ++i) {  // 50 at once.
        (void)throttles.ask(OperationClass::kTwinUpdates, kRunStart + 1s);
    }
    for (int i = 0; i < 3; ++i) {
        (void)quota.charge(hub::QuotaKind::kDeviceMessages, 7'000 * 512, kVirtualEpoch + 3s);
    }
    const auto read = parse_limits(page(throttles, limits, quota));
    ASSERT_TRUE(read) << read.error().detail;
    ASSERT_EQ(read->hits.size(), 3u);
    const LimitHit& updates = read->hits[0];
    EXPECT_EQ(updates.name, "twin_updates") << "in the order of their first time";
    EXPECT_EQ(updates.delayed, 1u);
    EXPECT_EQ(updates.refused, 0u);
    EXPECT_EQ(updates.first_at, kVirtualEpoch + 1s);
    const LimitHit& reads = read->hits[1];
    EXPECT_EQ(reads.name, "twin_reads");
    EXPECT_EQ(reads.delayed, 100u);
    EXPECT_EQ(reads.refused, 10u);
    EXPECT_EQ(reads.first_at, kVirtualEpoch + 2s);
    EXPECT_EQ(reads.last_at, kVirtualEpoch + 2s);
    EXPECT_EQ(reads.limited, 1s);
    EXPECT_EQ(reads.delay_max, 1s);
    EXPECT_EQ(reads.delay_mean, 505ms);
    EXPECT_EQ(read->hits[2].name, "quota");
    EXPECT_EQ(read->hits[2].refused, 2u);
    EXPECT_EQ(read->hits[2].first_at, kVirtualEpoch + 3s);
}

TEST(HubLimits, RefusesWhatIsNoSuchPage) {
    for (const char* body : {"", "[]", "{}", R"({"throttles":{},"quota":{}})",
                             R"({"throttles":{"twin_reads":{}},"quota":{"refused":0}})"}) {
        const auto read = parse_limits(body);
        ASSERT_FALSE(read) << body;
        EXPECT_EQ(read.error().code, ErrorCode::kProtocolViolation);
    }
}

TEST(HubLimits, CountsFromTheStartOfTheRun) {
    const LimitHit reads{.name = "twin_reads",
                         .first_at = kVirtualEpoch + 12'300ms,
                         .last_at = kVirtualEpoch + 20s,
                         .limited = 4'500ms,
                         .delayed = 1'200,
                         .refused = 7,
                         .delay_mean = 800ms,
                         .delay_max = 3s};
    const LimitHit quota{.name = "quota", .first_at = {}, .last_at = {}, .refused = 2};
    const auto result = to_result({reads, quota}, kVirtualEpoch + 10s);
    ASSERT_EQ(result.size(), 2u);
    EXPECT_EQ(result[0].name, "twin_reads");
    EXPECT_DOUBLE_EQ(result[0].first_s.value(), 2.3);
    EXPECT_DOUBLE_EQ(result[0].last_s.value(), 10);
    EXPECT_DOUBLE_EQ(result[0].limited_s, 4.5);
    EXPECT_EQ(result[0].delayed, 1'200u);
    EXPECT_EQ(result[0].refused, 7u);
    EXPECT_EQ(result[0].delay_us_mean, 800'000u);
    EXPECT_EQ(result[0].delay_us_max, 3'000'000u);
    EXPECT_FALSE(result[1].first_s);
}

TEST(HubLimits, AHubWithoutThePageHasNoSuchData) {
    ScriptedAdmin admin;
    const Target target = ScriptedAdmin::target();
    std::vector<std::string> said;
    const auto fetched = [&](const Result<HubLimits>& limits, TimePoint) {
        said.push_back(limits ? limits->known ? "known" : "unknown" : limits.error().message());
    };
    const auto reset = [&](const Result<void>& done, TimePoint) {
        said.push_back(done ? "reset" : done.error().message());
    };
    fetch_hub_limits(admin, target, fetched, kRunStart);
    admin.answer(404);
    fetch_hub_limits(admin, target, fetched, kRunStart);
    admin.answer(500);
    fetch_hub_limits(admin, target, fetched, kRunStart);
    admin.fail_with({ErrorCode::kClosedByPeer, "gone"});
    reset_hub_limits(admin, target, reset, kRunStart);
    admin.answer(405);
    reset_hub_limits(admin, target, reset, kRunStart);
    admin.answer(204);
    reset_hub_limits(admin, target, reset, kRunStart);
    admin.answer(401);
    EXPECT_EQ(said,
              (std::vector<std::string>{"unknown", "the hub's admin API answered 500", "gone",
                                        "reset", "reset", "the hub's admin API answered 401"}));
    EXPECT_EQ(admin.requests.front(), "GET /admin/limits");
    EXPECT_EQ(admin.requests.back(), "DELETE /admin/limits");
}

}  // namespace
}  // namespace twinstorm::run
