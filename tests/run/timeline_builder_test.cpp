#include "run/timeline_builder.h"

#include <gtest/gtest.h>

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using stats::Counter;
using stats::Metric;

SecondReport report(std::uint32_t second, std::uint64_t acked, Duration cpu) {
    SecondReport report;
    report.second = second;
    report.roles.resize(2);
    report.roles[0].counts[Counter::kSecurityMessageAcked] = acked;
    report.roles[0][Metric::kSecurityMessageAck].record(1000, acked);
    report.connected = 10;
    report.cpu_time = cpu;
    report.length = 1s;
    return report;
}

TEST(TimelineBuilder, ARowIsCompleteWhenEveryWorkerHasReported) {
    TimelineBuilder builder(2, 1);
    builder.add(report(0, 5, 200ms));
    builder.add(report(1, 7, 200ms));
    EXPECT_TRUE(builder.take_rows().empty());
    builder.set_hub_cpu_share(0, 0.5);
    builder.add(report(0, 6, 900ms));

    const auto rows = builder.take_rows();
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].counts[Counter::kSecurityMessageAcked], 11u);
    EXPECT_EQ(rows[0].connected, 20u);
    EXPECT_DOUBLE_EQ(rows[0].fleet_cpu_share, 0.9);  // The busiest worker, not the mean.
    EXPECT_EQ(rows[0].hub_cpu_share, 0.5);
    EXPECT_EQ(rows[0].latencies[static_cast<std::size_t>(Metric::kSecurityMessageAck)]->p50_us,
              1000u);
    EXPECT_FALSE(rows[0].latencies[static_cast<std::size_t>(Metric::kTwinGet)]);

    EXPECT_EQ(builder.take_rest().size(), 1u);
    EXPECT_EQ(builder.roles()[0].counts[Counter::kSecurityMessageAcked], 18u);
    EXPECT_EQ(builder.roles()[0][Metric::kSecurityMessageAck].count(), 18u);
}

}  // namespace
}  // namespace twinstorm::run
