#include "hub/job_document.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "hub/iso_instant.h"
#include "hub/json_fields.h"
#include "hub/limits.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

constexpr std::array<std::string_view, 2> kKinds{"scheduleUpdateTwin", "scheduleDeviceMethod"};
constexpr std::array<std::string_view, 7> kStatuses{"scheduled", "enqueued", "queued",   "running",
                                                    "completed", "failed",   "cancelled"};
constexpr std::array<std::string_view, kDeviceJobStatusCount> kDeviceStatuses{
    "pending", "running", "completed", "failed", "canceled"};
constexpr std::string_view kFinished = "finished";

tl::unexpected<iothub::ServiceError> invalid(std::string text) {
    return refuse(ServiceErrorCode::kArgumentInvalid, std::move(text));
}

// Node's SDK lets a job's id be a number.
bool is_id(const json::value& member, std::string_view id) {
    return member.is_null() || (member.is_string() && member.get_string() == id) ||
           (member.is_int64() && fmt::format("{}", member.get_int64()) == id);
}

Outcome<void> read_start(const json::object& body, WallTime now, JobRequest& request) {
    const auto text = text_at(body, "startTime");
    if (!text || text->empty()) {
        return text ? Outcome<void>() : Outcome<void>(tl::unexpected(text.error()));
    }
    const auto start = read_iso_instant(*text);
    if (!start) {
        return invalid("startTime must be an instant such as 2026-01-01T00:00:00Z");
    }
    if (*start - now > kJobStartAheadMax) {
        return invalid(
            fmt::format("startTime is more than {} hours ahead", kJobStartAheadMax.count()));
    }
    if (*start > now) {
        request.start = *start;
    }
    return {};
}

Outcome<void> read_time_max(const json::object& body, JobRequest& request) {
    request.time_max = kJobTimeDefault;
    const json::value* const member = body.if_contains("maxExecutionTimeInSeconds");
    if (member == nullptr || member->is_null()) {
        return {};
    }
    const std::int64_t most = std::chrono::seconds(kJobTimeMax).count();
    if (!member->is_int64() || member->get_int64() < 1 || member->get_int64() > most) {
        return invalid(
            fmt::format("maxExecutionTimeInSeconds must be a whole number from 1 to {}", most));
    }
    request.time_max = std::chrono::seconds(member->get_int64());
    return {};
}

Outcome<void> read_condition(const json::object& body, JobRequest& request) {
    const auto text = text_at(body, "queryCondition");
    if (!text || text->empty()) {
        return invalid("queryCondition is missing or no string; `*` means all devices");
    }
    auto condition = query::parse_condition(*text);
    if (!condition) {
        return invalid("queryCondition: " + condition.error().message());
    }
    if (condition->source() == query::Source::kJobs) {
        return invalid("queryCondition must be one on devices or devices.modules");
    }
    request.condition_text = *text;
    request.condition = *std::move(condition);
    return {};
}

// A patch that no twin would take is refused at once, not once for each device.
Outcome<void> check_update(const json::object& update) {
    const json::object* const tags = object_at(update, "tags");
    const json::object* const properties = object_at(update, "properties");
    const json::object* const desired =
        properties == nullptr ? nullptr : object_at(*properties, "desired");
    if (tags == nullptr && desired == nullptr) {
        return invalid("updateTwin has neither tags nor properties.desired");
    }
    for (const auto& [patch, allow_dollar] : {std::pair(tags, false), std::pair(desired, true)}) {
        if (patch != nullptr) {
            if (const auto sound = iothub::check_patch(*patch, allow_dollar); !sound) {
                return refuse(sound.error());
            }
        }
    }
    return {};
}

Outcome<void> read_action(const json::object& body, JobRequest& request) {
    const bool updates = request.kind == JobKind::kUpdateTwin;
    const std::string_view key = updates ? "updateTwin" : "cloudToDeviceMethod";
    const json::object* const action = object_at(body, key);
    if (action == nullptr) {
        return invalid(fmt::format("{} is missing or no JSON object", key));
    }
    request.action = *action;
    request.action_bytes = json::serialize(*action).size();
    if (!updates) {
        auto method = read_method_request(*action);
        if (!method) {
            return tl::unexpected(method.error());
        }
        request.method = *std::move(method);
        return {};
    }
    const auto etag = text_at(*action, "etag");
    if (!etag) {
        return tl::unexpected(etag.error());
    }
    request.twin_etag = etag->empty() ? "*" : std::string(*etag);
    return check_update(*action);
}

void add_instant(json::object& view, std::string_view key, WallTime at) {
    if (at != WallTime{}) {
        view[key] = iothub::format_instant(at);
    }
}

}  // namespace

Outcome<JobRequest> read_job_request(const json::object& body, std::string_view id, WallTime now) {
    if (!iothub::is_valid_id(id)) {
        return invalid("The job's id is too long or holds a character that ids may not hold");
    }
    if (const json::value* const own = body.if_contains("jobId");
        own != nullptr && !is_id(*own, id)) {
        return invalid("jobId is not that of the path");
    }
    const auto type = text_at(body, "type");
    const auto kind = type ? find_job_kind(*type) : std::nullopt;
    if (!kind) {
        return invalid("type must be scheduleUpdateTwin or scheduleDeviceMethod");
    }
    JobRequest request;
    request.kind = *kind;
    for (const auto& done : {read_condition(body, request), read_action(body, request),
                             read_start(body, now, request), read_time_max(body, request)}) {
        if (!done) {
            return tl::unexpected(done.error());
        }
    }
    return request;
}

json::object job_view(const Job& job) {
    const JobRequest& request = *job.request;
    const bool updates = request.kind == JobKind::kUpdateTwin;
    json::object view{{"jobId", job.id},
                      {"queryCondition", request.condition_text},
                      {"createdTime", iothub::format_instant(job.created)},
                      {"startTime", iothub::format_instant(job.started)}};
    add_instant(view, "endTime", job.ended);
    view["maxExecutionTimeInSeconds"] = request.time_max.count();
    view["type"] = name(request.kind);
    view[updates ? "updateTwin" : "cloudToDeviceMethod"] = request.action;
    view["status"] = name(job.status);
    if (!job.failure_reason.empty()) {
        view["failureReason"] = job.failure_reason;
        view["statusMessage"] = job.failure_reason;
    }
    view["deviceJobStatistics"] =
        json::object{{"deviceCount", job.devices.size()},
                     {"failedCount", job.count(DeviceJobStatus::kFailed)},
                     {"succeededCount", job.count(DeviceJobStatus::kCompleted)},
                     {"runningCount", job.count(DeviceJobStatus::kRunning)},
                     {"pendingCount", job.count(DeviceJobStatus::kPending)}};
    return view;
}

json::object device_job_view(const Job& job, const DeviceJob& device) {
    json::object view{{"deviceId", device.name.device_id}};
    if (device.name.is_module()) {
        view["moduleId"] = device.name.module_id;
    }
    view["jobId"] = job.id;
    view["jobType"] = name(job.request->kind);
    view["status"] = kDeviceStatuses[static_cast<std::size_t>(device.status)];
    add_instant(view, "startTimeUtc", device.started);
    if (device.status > DeviceJobStatus::kRunning) {
        add_instant(view, "endTimeUtc", device.updated);
    }
    view["createdDateTimeUtc"] = iothub::format_instant(job.created);
    add_instant(view, "lastUpdatedDateTimeUtc", device.updated);
    if (device.outcome != nullptr) {
        view["outcome"] = json::object{{"deviceMethodResponse", *device.outcome}};
    }
    if (device.error != nullptr) {
        view["error"] = json::object{{"code", iothub::name(device.error->code)},
                                     {"description", device.error->text}};
    }
    return view;
}

std::string_view name(JobKind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}

std::string_view name(JobStatus status) {
    return kStatuses[static_cast<std::size_t>(status)];
}

std::optional<JobKind> find_job_kind(std::string_view name) {
    const auto* const found = std::ranges::find(kKinds, name);
    return found == kKinds.end() ? std::nullopt
                                 : std::optional(static_cast<JobKind>(found - kKinds.begin()));
}

bool is_job_status(std::string_view name) {
    return name == kFinished || std::ranges::find(kStatuses, name) != kStatuses.end();
}

bool has_status(const Job& job, std::string_view wanted) {
    return wanted == kFinished ? job.ended_already() : name(job.status) == wanted;
}

}  // namespace twinstorm::hub
