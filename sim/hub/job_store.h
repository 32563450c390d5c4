// The jobs of one hub, those under way and the history of those that ended.
//
// Use:    add(), find(); forget_old() before a job is added or looked up.
// Owner:  the front shard. A job does not move while it is kept; none that has not ended goes.
// Limits: kJobHistoryTime, kJobHistoryMax, kJobHistoryDevicesMax. A restart forgets all jobs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "hub/job.h"
#include "twinstorm/base/time.h"

namespace twinstorm::hub {

class JobStore {
public:
    using Jobs = std::map<std::uint64_t, std::unique_ptr<Job>>;  // By number: the oldest first.

    Job& add(std::string id, JobRequest request, WallTime now);
    [[nodiscard]] Job* find(std::string_view id);
    [[nodiscard]] Job* find(std::uint64_t number);
    [[nodiscard]] const Jobs& jobs() const { return jobs_; }

    [[nodiscard]] std::size_t count(JobStatus status) const;
    [[nodiscard]] std::size_t active_count() const;
    [[nodiscard]] Job* oldest(JobStatus status);

    void forget_old(WallTime now);

private:
    void forget(Jobs::iterator job);

    Jobs jobs_;
    std::map<std::string, std::uint64_t, std::less<>> numbers_;
    std::uint64_t last_ = 0;
};

}  // namespace twinstorm::hub
