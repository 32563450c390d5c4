#include "hub/quota.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;
using iothub::ServiceErrorCode;
using iothub::Tier;

constexpr WallTime kNoon = kVirtualEpoch + 12h;

TEST(Quota, MetersInTheTiersBlocks) {
    Quota paid(iothub::limits(Tier::kS1, 1), true);
    EXPECT_FALSE(paid.charge(QuotaKind::kDeviceMessages, 0, kNoon));
    EXPECT_FALSE(paid.charge(QuotaKind::kDeviceMessages, 4'096, kNoon));
    EXPECT_FALSE(paid.charge(QuotaKind::kTwinReads, 4'097, kNoon));
    EXPECT_EQ(paid.charged(QuotaKind::kDeviceMessages), 2u);
    EXPECT_EQ(paid.charged(QuotaKind::kTwinReads), 2u);
    EXPECT_EQ(paid.charged(QuotaKind::kQueries), 0u);
    EXPECT_EQ(paid.used_today(kNoon), 4u);
    Quota free_tier(iothub::limits(Tier::kF1, 1), true);
    EXPECT_FALSE(free_tier.charge(QuotaKind::kDeviceMessages, 4'096, kNoon));
    EXPECT_EQ(free_tier.charged(QuotaKind::kDeviceMessages), 8u);
}

TEST(Quota, RefusesWhatTheDaysRestDoesNotHold) {
    Quota quota(iothub::limits(Tier::kF1, 1), true);  // 8,000 of 0.5 KB.
    EXPECT_FALSE(quota.charge(QuotaKind::kDeviceMessages, 7'999 * 512, kNoon));
    EXPECT_FALSE(quota.exceeded(kNoon));
    EXPECT_EQ(quota.charge(QuotaKind::kQueries, 513, kNoon + 1s),
              ServiceErrorCode::kIotHubQuotaExceeded);
    EXPECT_FALSE(quota.exceeded(kNoon)) << "a refused operation takes nothing";
    EXPECT_FALSE(quota.charge(QuotaKind::kQueries, 512, kNoon + 2s));
    EXPECT_TRUE(quota.exceeded(kNoon + 2s));
    EXPECT_EQ(quota.charge(QuotaKind::kTwinReads, 0, kNoon + 3s),
              ServiceErrorCode::kIotHubQuotaExceeded);
    EXPECT_EQ(quota.refused(), 2u);
    EXPECT_EQ(quota.first_refused(), kNoon + 1s);
    EXPECT_EQ(quota.charged(QuotaKind::kTwinReads), 0u);
}

TEST(Quota, BeginsAnewAtMidnightUtc) {
    Quota quota(iothub::limits(Tier::kF1, 1), true);
    const WallTime midnight = kVirtualEpoch + 24h;
    EXPECT_FALSE(quota.charge(QuotaKind::kDeviceMessages, 8'000 * 512, midnight - 1ns));
    EXPECT_TRUE(quota.exceeded(midnight - 1ns));
    EXPECT_FALSE(quota.exceeded(midnight));
    EXPECT_EQ(quota.used_today(midnight), 0u);
    EXPECT_FALSE(quota.charge(QuotaKind::kDeviceMessages, 512, midnight));
    EXPECT_EQ(quota.used_today(midnight), 1u);
    EXPECT_EQ(quota.charged(QuotaKind::kDeviceMessages), 8'001u);
    // A thread whose clock is a little behind does not bring yesterday back.
    EXPECT_FALSE(quota.charge(QuotaKind::kDeviceMessages, 512, midnight - 1us));
    EXPECT_EQ(quota.used_today(midnight), 2u);
}

TEST(Quota, NotEnforcedItOnlyCounts) {
    Quota quota(iothub::limits(Tier::kF1, 1), false);
    EXPECT_FALSE(quota.charge(QuotaKind::kDeviceMessages, 9'000 * 512, kNoon));
    EXPECT_FALSE(quota.charge(QuotaKind::kDeviceMessages, 512, kNoon));
    EXPECT_FALSE(quota.exceeded(kNoon));
    EXPECT_EQ(quota.used_today(kNoon), 9'001u);
    // Nobody sends as much, but the day must not change by it.
    EXPECT_FALSE(quota.charge(QuotaKind::kDeviceMessages, UINT64_MAX, kNoon));
    EXPECT_FALSE(quota.charge(QuotaKind::kDeviceMessages, UINT64_MAX, kNoon));
    EXPECT_EQ(quota.used_today(kNoon), (std::uint64_t{1} << 40) - 1);
    EXPECT_EQ(quota.used_today(kNoon + 24h), 0u);
}

TEST(Quota, ThreadsTogetherGetNoMoreThanTheDay) {
    Quota quota(iothub::limits(Tier::kF1, 1), true);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&quota] {
            for (int i = 0; i < 3'000; ++i) {
                (void)quota.charge(QuotaKind::kDeviceMessages, 1, kNoon);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(quota.used_today(kNoon), 8'000u);
    EXPECT_EQ(quota.charged(QuotaKind::kDeviceMessages), 8'000u);
    EXPECT_EQ(quota.refused(), 4'000u);
}

TEST(Quota, CountersStartAnewTheDayDoesNot) {
    Quota quota(iothub::limits(Tier::kF1, 1), true);
    (void)quota.charge(QuotaKind::kDeviceMessages, 8'000 * 512, kNoon);
    (void)quota.charge(QuotaKind::kDeviceMessages, 1, kNoon);
    quota.reset_counts();
    EXPECT_EQ(quota.refused(), 0u);
    EXPECT_EQ(quota.first_refused(), std::nullopt);
    EXPECT_EQ(quota.charged(QuotaKind::kDeviceMessages), 0u);
    EXPECT_TRUE(quota.exceeded(kNoon));
}

TEST(Quota, ReadsAsJson) {
    Quota quota(iothub::limits(Tier::kF1, 1), true);
    (void)quota.charge(QuotaKind::kDeviceMessages, 8'000 * 512, kNoon);
    EXPECT_TRUE(quota_json(quota, kNoon).at("first_refused").is_null());
    (void)quota.charge(QuotaKind::kTwinNotices, 1, kNoon);
    EXPECT_EQ(boost::json::serialize(quota_json(quota, kNoon)),
              R"({"enforced":true,"messages_per_day":8000,"block_bytes":512,"used_today":8000,)"
              R"("refused":1,"first_refused":"2026-01-01T12:00:00.0000000Z",)"
              R"("first_refused_unix_us":1767268800000000,"charged":{"device_messages":8000,)"
              R"("cloud_to_device_messages":0,"direct_methods":0,"twin_reads":0,)"
              R"("twin_updates":0,"twin_notices":0,"queries":0,"job_operations":0,)"
              R"("file_notifications":0}})");
}

}  // namespace
}  // namespace twinstorm::hub
