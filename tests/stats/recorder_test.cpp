#include "twinstorm/stats/recorder.h"

#include <gtest/gtest.h>

namespace twinstorm::stats {
namespace {

using namespace std::chrono_literals;

TimePoint at(Duration since_start) {
    return kRunStart + since_start;
}

TEST(MeasuredWindows, ContainNothingBeforeTheFirstOpens) {
    MeasuredWindows windows;
    EXPECT_FALSE(windows.contains(kRunStart));
    EXPECT_FALSE(windows.contains(TimePoint::max()));
    windows.close(at(1s));
    EXPECT_FALSE(windows.contains(kRunStart));
}

TEST(MeasuredWindows, IncludeTheirBeginAndExcludeTheirEnd) {
    MeasuredWindows windows;
    windows.open(at(10s));
    EXPECT_FALSE(windows.contains(at(10s) - 1ns));
    EXPECT_TRUE(windows.contains(at(10s)));
    EXPECT_TRUE(windows.contains(at(24h)));
    windows.close(at(20s));
    EXPECT_TRUE(windows.contains(at(20s) - 1ns));
    EXPECT_FALSE(windows.contains(at(20s)));
    windows.close(at(30s));
    EXPECT_FALSE(windows.contains(at(25s))) << "a closed window does not grow";
}

TEST(MeasuredWindows, LateSamplesOfAnEarlierWindowStillCount) {
    MeasuredWindows windows;
    for (int i = 0; i < 8; ++i) {
        windows.open(at(10s * i));
        windows.close(at(10s * i + 5s));
    }
    for (int i = 0; i < 8; ++i) {
        EXPECT_TRUE(windows.contains(at(10s * i + 1s))) << i;
        EXPECT_FALSE(windows.contains(at(10s * i + 5s))) << i;
    }
    windows.open(at(80s));
    EXPECT_FALSE(windows.contains(at(1s))) << "the oldest of nine is forgotten";
    EXPECT_TRUE(windows.contains(at(11s)));
    EXPECT_TRUE(windows.contains(at(81s)));
}

TEST(MeasuredWindows, OpeningTheNextClosesTheOneBefore) {
    MeasuredWindows windows;
    windows.open(at(1s));
    windows.open(at(5s));
    windows.close(at(6s));
    EXPECT_TRUE(windows.contains(at(4s)));
    EXPECT_TRUE(windows.contains(at(5s)));
    EXPECT_FALSE(windows.contains(at(7s)));
}

TEST(Recorder, KeepsLatenciesOnlyOfWhatWasIntendedInAWindow) {
    Recorder recorder;
    recorder.record(Metric::kTwinGet, at(1s), at(2s));
    EXPECT_TRUE(recorder.current()[Metric::kTwinGet].empty());
    recorder.open_window(at(10s));
    recorder.record(Metric::kTwinGet, at(9s), at(11s));  // Intended before it opened.
    recorder.record(Metric::kTwinGet, at(10s), at(12s));
    recorder.close_window(at(20s));
    recorder.record(Metric::kTwinGet, at(19s), 3s);  // Answered after it closed: it counts.
    recorder.record(Metric::kTwinGet, at(20s), 4s);
    const Histogram& measured = recorder.current()[Metric::kTwinGet];
    EXPECT_EQ(measured.count(), 2u);
    EXPECT_EQ(measured.max(), 3'000'000u);
    EXPECT_TRUE(recorder.current()[Metric::kConnect].empty());
}

TEST(Recorder, CountsTheWholeRunAndItsMeasuredShare) {
    Recorder recorder;
    recorder.count(Counter::kSecurityMessageSent, at(1s));
    recorder.open_window(at(10s));
    recorder.count(Counter::kSecurityMessageSent, at(11s));
    recorder.count(Counter::kSecurityMessageBytes, at(11s), 250);
    EXPECT_EQ(recorder.current().counts[Counter::kSecurityMessageSent], 2u);
    EXPECT_EQ(recorder.current().measured[Counter::kSecurityMessageSent], 1u);
    EXPECT_EQ(recorder.current().counts[Counter::kSecurityMessageBytes], 250u);
    EXPECT_EQ(recorder.current().measured[Counter::kConnectionOpened], 0u);
}

TEST(Recorder, SwapsAFullRecordingForAnEmptyOneAndKeepsItsWindows) {
    Recorder recorder;
    recorder.open_window(kRunStart);
    recorder.record(Metric::kConnect, at(1s), 5ms);
    recorder.count(Counter::kConnectionOpened, at(1s));
    Recording spare;
    recorder.swap(spare);
    EXPECT_EQ(spare[Metric::kConnect].count(), 1u);
    EXPECT_EQ(spare.counts[Counter::kConnectionOpened], 1u);
    EXPECT_TRUE(recorder.current()[Metric::kConnect].empty());
    recorder.record(Metric::kConnect, at(2s), 6ms);
    EXPECT_EQ(recorder.current()[Metric::kConnect].max(), 6'000u);
}

TEST(Recorder, CountsMessagesByTheirEncoding) {
    Recorder recorder;
    recorder.count_message(0, 600, 2);
    recorder.count_message(3, 128, 1);
    recorder.count_message(0, 400, 1);
    EXPECT_EQ(recorder.current().encodings[0], (Volume{2, 1'000, 3}));
    EXPECT_EQ(recorder.current().encodings[3], (Volume{1, 128, 1}));
    EXPECT_EQ(recorder.current().encodings[1], Volume{});
}

TEST(Recording, MergesAndClearsAllItHolds) {
    Recorder recorder;
    recorder.open_window(kRunStart);
    recorder.count_message(1, 10, 3);
    recorder.record(Metric::kLoopLag, at(1s), 1ms);
    recorder.count(Counter::kTwinUpdateFailed, at(1s), 2);
    Recording sum;
    sum.merge(recorder.current());
    sum.merge(recorder.current());
    EXPECT_EQ(sum[Metric::kLoopLag].count(), 2u);
    EXPECT_EQ(sum.counts[Counter::kTwinUpdateFailed], 4u);
    EXPECT_EQ(sum.measured[Counter::kTwinUpdateFailed], 4u);
    EXPECT_EQ(sum.encodings[1], (Volume{2, 20, 6}));
    sum.clear();
    EXPECT_EQ(sum.encodings[1], Volume{});
    EXPECT_TRUE(sum[Metric::kLoopLag].empty());
    EXPECT_EQ(sum.counts[Counter::kTwinUpdateFailed], 0u);
    EXPECT_EQ(sum.measured[Counter::kTwinUpdateFailed], 0u);
}

}  // namespace
}  // namespace twinstorm::stats
