#include "hub/job_store.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;

TEST(JobStore, KeepsAJobForAMonth) {
    JobStore store;
    Job& job = store.add("j", {}, kVirtualEpoch);
    job.status = JobStatus::kCompleted;
    job.ended = kVirtualEpoch;
    store.forget_old(kVirtualEpoch + kJobHistoryTime - 1ns);
    EXPECT_EQ(store.find("j"), &job);
    EXPECT_EQ(store.find(job.number), &job);
    store.forget_old(kVirtualEpoch + kJobHistoryTime);
    EXPECT_EQ(store.find("j"), nullptr);
}

TEST(JobStore, ForgetsTheOldestOfTooMany) {
    JobStore store;
    for (std::size_t i = 0; i < kJobHistoryMax + 2; ++i) {
        store.add("j" + std::to_string(i), {}, kVirtualEpoch).status = JobStatus::kFailed;
        store.jobs().rbegin()->second->ended = kVirtualEpoch;
    }
    store.find("j0")->status = JobStatus::kRunning;  // Stays, however old.
    store.forget_old(kVirtualEpoch);
    EXPECT_NE(store.find("j0"), nullptr);
    EXPECT_EQ(store.find("j1"), nullptr);
    EXPECT_NE(store.find("j2"), nullptr);
    EXPECT_EQ(store.jobs().size(), kJobHistoryMax + 1);
}

TEST(JobStore, BoundsTheResultsItKeeps) {
    JobStore store;
    for (const char* const id : {"a", "b"}) {
        Job& job = store.add(id, {}, kVirtualEpoch);
        job.status = JobStatus::kCompleted;
        job.ended = kVirtualEpoch;
        job.devices.resize(kJobHistoryDevicesMax / 2 + 1);
    }
    store.forget_old(kVirtualEpoch);
    EXPECT_EQ(store.find("a"), nullptr);
    EXPECT_NE(store.find("b"), nullptr);
}

TEST(JobStore, CountsByStatus) {
    JobStore store;
    store.add("a", {}, kVirtualEpoch).status = JobStatus::kScheduled;
    store.add("b", {}, kVirtualEpoch).status = JobStatus::kQueued;
    store.add("c", {}, kVirtualEpoch).status = JobStatus::kQueued;
    store.add("d", {}, kVirtualEpoch).status = JobStatus::kCompleted;
    EXPECT_EQ(store.count(JobStatus::kQueued), 2U);
    EXPECT_EQ(store.active_count(), 2U);
    EXPECT_EQ(store.oldest(JobStatus::kQueued)->id, "b");
    EXPECT_EQ(store.oldest(JobStatus::kRunning), nullptr);
}

}  // namespace
}  // namespace twinstorm::hub
