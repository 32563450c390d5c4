// Jobs as JSON: what a service asks for, what it is shown of a job, and of each of its devices.
#pragma once

#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "hub/job.h"
#include "hub/outcome.h"
#include "twinstorm/base/time.h"

namespace twinstorm::hub {

// The body of PUT /jobs/v2/{id}. Errors: 400004 that names the member; 413001.
[[nodiscard]] Outcome<JobRequest> read_job_request(const boost::json::object& body,
                                                   std::string_view id, WallTime now);

[[nodiscard]] boost::json::object job_view(const Job& job);
// A row of `SELECT * FROM devices.jobs`.
[[nodiscard]] boost::json::object device_job_view(const Job& job, const DeviceJob& device);

[[nodiscard]] std::string_view name(JobKind kind);      // `scheduleUpdateTwin`
[[nodiscard]] std::string_view name(JobStatus status);  // `running`
[[nodiscard]] std::optional<JobKind> find_job_kind(std::string_view name);
// A status by name; Node's SDK also asks for `finished`: whatever has ended.
[[nodiscard]] bool is_job_status(std::string_view name);
[[nodiscard]] bool has_status(const Job& job, std::string_view name);

}  // namespace twinstorm::hub
