#include "run/update_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using stats::Counter;
using stats::Metric;

class UpdateTrackerTest : public testing::Test {
protected:
    UpdateTrackerTest()
        : tracker_(
              2, [this](std::uint32_t) -> stats::Recorder& { return recorder_; },
              [this](std::uint32_t device, TimePoint, TimePoint) {
                  confirmed_.push_back(device);
              }) {
        recorder_.open_window(kRunStart);
    }

    static TimePoint at(Duration since_start) { return kRunStart + since_start; }
    const stats::Histogram& metric(Metric metric) { return recorder_.current()[metric]; }
    std::uint64_t count(Counter counter) { return recorder_.current().counts[counter]; }

    stats::Recorder recorder_;
    std::vector<std::uint32_t> confirmed_;
    UpdateTracker tracker_;
};

TEST_F(UpdateTrackerTest, MeasuresEachHopFromTheIntendedInstant) {
    tracker_.offered(0, at(1s));
    EXPECT_EQ(tracker_.pending(), 1u);
    tracker_.accepted(0, 5, at(1s), at(1s + 10ms));
    EXPECT_EQ(tracker_.unconfirmed(), 1u);
    tracker_.desired(0, 5, at(1s + 20ms));
    tracker_.confirmed(0, 5, at(1s + 30ms));

    EXPECT_EQ(metric(Metric::kTwinUpdateAccept).max(), 10'000u);
    EXPECT_EQ(metric(Metric::kTwinUpdateDelivery).max(), 20'000u);
    EXPECT_EQ(metric(Metric::kTwinUpdateRoundTrip).max(), 30'000u);
    EXPECT_EQ(tracker_.pending() + tracker_.unconfirmed(), 0u);
    EXPECT_THAT(confirmed_, testing::ElementsAre(0));
}

TEST_F(UpdateTrackerTest, TheNoticeMayOvertakeTheAnswer) {
    tracker_.offered(0, at(1s));
    tracker_.desired(0, 5, at(1s + 5ms));
    tracker_.confirmed(0, 5, at(1s + 7ms));
    EXPECT_EQ(count(Counter::kTwinUpdateDelivered), 0u);
    tracker_.accepted(0, 5, at(1s), at(1s + 10ms));

    EXPECT_EQ(metric(Metric::kTwinUpdateDelivery).max(), 5'000u);
    EXPECT_EQ(metric(Metric::kTwinUpdateRoundTrip).max(), 7'000u);
}

TEST_F(UpdateTrackerTest, ALaterVersionCoversTheOnesBefore) {
    tracker_.offered(0, at(1s));
    tracker_.offered(0, at(2s));
    tracker_.accepted(0, 6, at(2s), at(2s + 1ms));
    tracker_.accepted(0, 5, at(1s), at(2s + 2ms));
    tracker_.desired(0, 6, at(3s));
    tracker_.confirmed(0, 6, at(4s));

    EXPECT_EQ(count(Counter::kTwinUpdateConfirmed), 2u);
    EXPECT_EQ(metric(Metric::kTwinUpdateRoundTrip).max(), 3'000'000u);
}

TEST_F(UpdateTrackerTest, AnEarlierVersionConfirmsNothing) {
    tracker_.offered(0, at(1s));
    tracker_.accepted(0, 6, at(1s), at(1s));
    tracker_.desired(0, 5, at(2s));
    tracker_.confirmed(0, 5, at(2s));
    EXPECT_EQ(count(Counter::kTwinUpdateDelivered), 0u);
    EXPECT_EQ(tracker_.unconfirmed(), 1u);
}

TEST_F(UpdateTrackerTest, WhatIsRefusedIsCountedByItsKind) {
    tracker_.offered(0, at(1s));
    tracker_.offered(1, at(1s));
    tracker_.refused(0, at(1s), true);
    tracker_.refused(1, at(1s), false);
    EXPECT_EQ(count(Counter::kTwinUpdateThrottled), 1u);
    EXPECT_EQ(count(Counter::kTwinUpdateFailed), 1u);
    EXPECT_EQ(tracker_.pending(), 0u);
}

TEST_F(UpdateTrackerTest, ChangesThatNobodyPatchedAreIgnored) {
    tracker_.desired(0, 1, at(1s));
    tracker_.confirmed(0, 1, at(1s));
    tracker_.offered(0, at(2s));
    tracker_.accepted(0, 1, at(2s), at(2s));
    EXPECT_EQ(count(Counter::kTwinUpdateDelivered), 0u);
}

}  // namespace
}  // namespace twinstorm::run
