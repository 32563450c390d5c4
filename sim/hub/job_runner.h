// Runs jobs: finds their devices when their time comes, does one after the other what they ask for
// at the tier's rate of job operations, and notes what became of each.
//
// Use:    create() and cancel() as the service asks; results are read from store().
// Owner:  the front shard, on its loop; what is done to a device is done on its own shard, which
//         sends the result back.
// Limits: as many jobs at a time as the tier says; kJobsWaitingMax, kJobInFlightMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/instant.h"
#include "hub/job.h"
#include "hub/job_store.h"
#include "hub/outcome.h"
#include "twinstorm/base/time.h"

namespace twinstorm::hub {

struct Shard;

class JobRunner {
public:
    explicit JobRunner(Shard& front) : front_(front) {}

    // Errors: 409104, 403003 for too many that wait, 429004 for too many that run.
    [[nodiscard]] Outcome<Job*> create(std::string id, JobRequest request, Instant now);
    // A job that has ended stays as it is. Errors: 404002.
    [[nodiscard]] Outcome<Job*> cancel(std::string_view id, Instant now);
    [[nodiscard]] Outcome<Job*> require(std::string_view id, Instant now);

    [[nodiscard]] JobStore& store() { return store_; }

private:
    // What became of one device: what a method answered, or nothing.
    using Result = Outcome<boost::json::object>;

    void come_due(std::uint64_t number, TimePoint now);
    void start(Job& job, TimePoint now);
    void take_devices(Job& job, std::vector<std::vector<iothub::IdentityName>> found,
                      TimePoint now);
    void step_later(Job& job, TimePoint at, bool admitted);
    void step(std::uint64_t number, bool admitted, TimePoint now);
    void begin_device(Job& job, std::size_t place, TimePoint now);
    void update_twin(const Job& job, std::size_t place, TimePoint now);
    void call_method(const Job& job, std::size_t place, TimePoint now);
    void finish_device(std::uint64_t number, std::size_t place, const Result& result,
                       TimePoint now);
    void set_status(Job& job, DeviceJob& device, DeviceJobStatus status, TimePoint now);
    void run_out_of_time(std::uint64_t number, TimePoint now);
    void give_up_devices(Job& job, DeviceJobStatus status, TimePoint now);
    void end_when_done(Job& job, TimePoint now);
    void end(Job& job, JobStatus status, TimePoint now);

    Shard& front_;
    JobStore store_;
};

}  // namespace twinstorm::hub
