#include "hub/job_store.h"

#include <algorithm>
#include <utility>

#include "hub/limits.h"

namespace twinstorm::hub {

Job& JobStore::add(std::string id, JobRequest request, WallTime now) {
    auto job = std::make_unique<Job>();
    job->number = ++last_;
    job->id = std::move(id);
    // Shared with the work that is under way at the shards.
    job->request = std::make_shared<const JobRequest>(std::move(request));
    job->created = now;
    job->started = job->request->start.value_or(now);
    numbers_[job->id] = job->number;
    return *jobs_.emplace(job->number, std::move(job)).first->second;
}

Job* JobStore::find(std::string_view id) {
    const auto number = numbers_.find(id);
    return number == numbers_.end() ? nullptr : find(number->second);
}

Job* JobStore::find(std::uint64_t number) {
    const auto job = jobs_.find(number);
    return job == jobs_.end() ? nullptr : job->second.get();
}

std::size_t JobStore::count(JobStatus status) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        jobs_, [status](const auto& entry) { return entry.second->status == status; }));
}

std::size_t JobStore::active_count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(jobs_, [](const auto& entry) { return entry.second->active(); }));
}

Job* JobStore::oldest(JobStatus status) {
    const auto job = std::ranges::find_if(
        jobs_, [status](const auto& entry) { return entry.second->status == status; });
    return job == jobs_.end() ? nullptr : job->second.get();
}

void JobStore::forget_old(WallTime now) {
    std::size_t ended = 0;
    std::size_t devices = 0;
    for (const auto& [number, job] : jobs_) {
        ended += job->ended_already() ? 1 : 0;
        devices += job->devices.size();
    }
    for (auto next = jobs_.begin(); next != jobs_.end();) {
        const auto job = next++;
        if (!job->second->ended_already()) {
            continue;
        }
        const bool crowded = ended > kJobHistoryMax || devices > kJobHistoryDevicesMax;
        if (crowded || now - job->second->ended >= kJobHistoryTime) {
            --ended;
            devices -= job->second->devices.size();
            forget(job);
        }
    }
}

void JobStore::forget(Jobs::iterator job) {
    numbers_.erase(job->second->id);
    jobs_.erase(job);
}

}  // namespace twinstorm::hub
