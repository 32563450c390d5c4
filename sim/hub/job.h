// A job of the service API: one twin update or one method call, for every twin that a condition
// holds for, with what became of each.
//
// Owner:  JobStore, on the front shard. The request is immutable and read by all shards.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "hub/agenda.h"
#include "hub/method_calls.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/query/condition.h"

namespace twinstorm::hub {

enum class JobKind : std::uint8_t { kUpdateTwin, kDeviceMethod };

enum class JobStatus : std::uint8_t {
    kScheduled,  // Its time has not come.
    kEnqueued,   // It begins with the next turn of the loop.
    kQueued,     // Its time has come, but as many jobs run as the tier allows.
    kRunning,
    kCompleted,
    kFailed,  // No device did what was asked, the time was over, or the condition cannot be asked.
    kCancelled,
};

enum class DeviceJobStatus : std::uint8_t { kPending, kRunning, kCompleted, kFailed, kCancelled };
inline constexpr std::size_t kDeviceJobStatusCount = 5;

struct JobRequest {
    JobKind kind = JobKind::kUpdateTwin;
    std::string condition_text;
    query::Condition condition;
    boost::json::object action;  // The member updateTwin or cloudToDeviceMethod, as it was sent.
    std::size_t action_bytes = 0;
    std::string twin_etag;
    MethodRequest method;
    std::optional<WallTime> start;  // None: at once.
    std::chrono::seconds time_max{};
};

struct DeviceJob {
    iothub::IdentityName name;
    DeviceJobStatus status = DeviceJobStatus::kPending;
    WallTime started{};
    WallTime updated{};
    // Only methods have an outcome and only failures an error; most devices need neither.
    std::unique_ptr<boost::json::object> outcome{};
    std::unique_ptr<iothub::ServiceError> error{};
};

struct Job {
    std::uint64_t number = 0;  // Grows from job to job.
    std::string id;
    std::shared_ptr<const JobRequest> request;  // Shared with the work under way on other shards.
    JobStatus status = JobStatus::kScheduled;
    std::string failure_reason;
    WallTime created{};
    WallTime started{};  // Or when it is to start.
    WallTime ended{};

    std::vector<DeviceJob> devices;  // In order of device and module id.
    std::array<std::size_t, kDeviceJobStatusCount> device_counts{};
    std::size_t next_device = 0;
    bool waits_for_room = false;  // Goes on when a device has answered.
    Agenda::Entry timer{};        // Its start, then the end of its time.

    [[nodiscard]] std::size_t count(DeviceJobStatus of) const {
        return device_counts[static_cast<std::size_t>(of)];
    }
    [[nodiscard]] bool ended_already() const { return status >= JobStatus::kCompleted; }
    // Counts as one of those that the tier allows at a time.
    [[nodiscard]] bool active() const {
        return status != JobStatus::kScheduled && !ended_already();
    }
};

}  // namespace twinstorm::hub
