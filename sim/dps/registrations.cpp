#include "dps/registrations.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "dps/json_body.h"
#include "dps/limits.h"
#include "dps/text.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::dps {
namespace {

namespace json = boost::json;
using Status = Registration::Status;

constexpr std::array<std::string_view, 5> kStatusNames{"unassigned", "assigning", "assigned",
                                                       "failed", "disabled"};
constexpr int kFailedCode = 500000;  // The hub's own number is not told to devices.

std::string_view name(Status status) {
    return kStatusNames[static_cast<std::size_t>(status)];
}

tl::unexpected<Fault> throttled(const RateWindow& window, TimePoint now, Duration length) {
    return refuse(FaultCode::kThrottled, "Operation is throttled", window.wait(now, length));
}

tl::unexpected<Fault> not_found(std::string_view registration_id) {
    return refuse(FaultCode::kNoRegistration,
                  fmt::format("Registration {} not found", registration_id));
}

// What the device sent along. Errors: 400004.
Outcome<json::value> read_payload(std::string_view body, std::string_view registration_id) {
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return json::value();
    }
    auto object = parse_body(body);
    if (!object) {
        return tl::unexpected(object.error());
    }
    const json::value* own = object->if_contains("registrationId");
    if (own != nullptr &&
        (!own->is_string() || lower(own->get_string()) != lower(registration_id))) {
        return refuse(FaultCode::kBadRequest, "registrationId is not that of the connection");
    }
    json::value* payload = object->if_contains("payload");
    return payload == nullptr ? json::value() : std::move(*payload);
}

}  // namespace

json::object state_view(const Registration& registration) {
    json::object view{
        {"registrationId", registration.id},
        {"createdDateTimeUtc", iothub::format_instant(registration.created)},
    };
    if (registration.status == Status::kAssigned) {
        view["assignedHub"] = registration.hub;
        view["deviceId"] = registration.device_id;
    }
    view["status"] = name(registration.status);
    if (registration.status == Status::kAssigned) {
        view["substatus"] = registration.substatus;
    }
    if (registration.status == Status::kFailed) {
        view["errorCode"] = kFailedCode;
        view["errorMessage"] = registration.error_message;
    }
    view["lastUpdatedDateTimeUtc"] = iothub::format_instant(registration.updated);
    view["etag"] = registration.etag;
    if (!registration.payload.is_null()) {
        view["payload"] = registration.payload;
    }
    return view;
}

Registrations::Registrations(const Rules& rules, std::uint64_t seed, Statistics& statistics)
    : rules_(rules),
      random_(seed),
      statistics_(statistics),
      self_(std::make_shared<Registrations*>(this)) {}  // Shared: see the header.

Outcome<Answer> Registrations::begin(const Caller& caller, std::string_view body, Instant now) {
    auto payload = read_payload(body, caller.registration_id);
    if (!payload) {
        return tl::unexpected(payload.error());
    }
    const auto enrollment = rules_.enrollments.get(caller.enrollment);
    if (!enrollment) {
        return tl::unexpected(enrollment.error());
    }
    const auto admitted = admit(caller, now);
    if (!admitted) {
        return tl::unexpected(admitted.error());
    }
    Registration& registration = **admitted;
    if (registration.status != Status::kAssigning) {
        ++statistics_.registrations;
        registration.enrollment = (*enrollment)->name;
        registration.operation_id = operation_id(random_);
        const bool stays =
            registration.status == Status::kAssigned && !(*enrollment)->update_hub_assignment;
        if (!(*enrollment)->enabled) {
            change(registration, Status::kDisabled, now.wall);
        } else if (!stays) {
            assign(caller, **enrollment, registration, *std::move(payload), now);
        }
    }
    // A registrar that answered at once changes nothing here: clients expect 202 first.
    return Answer{202,
                  {{"operationId", registration.operation_id}, {"status", "assigning"}},
                  rules_.retry_after};
}

Outcome<Registration*> Registrations::admit(const Caller& caller, Instant now) {
    const std::string key = lower(caller.registration_id);
    const auto found = map_.find(key);
    if (rules_.throttle && found != map_.end() &&
        !found->second.puts.admit(now.run, kDeviceRequestsMax, kDeviceWindow)) {
        ++statistics_.throttled;
        return throttled(found->second.puts, now.run, kDeviceWindow);
    }
    if (rules_.throttle && !rate_.admit(now.run, kRegistrationRateMax, kServiceWindow)) {
        ++statistics_.throttled;
        return throttled(rate_, now.run, kServiceWindow);
    }
    if (found != map_.end()) {
        return &found->second;
    }
    if (map_.size() >= kRegistrationsMax) {
        return refuse(FaultCode::kQuotaExceeded, "There are too many registrations");
    }
    Registration& made = map_[key];
    made.id = caller.registration_id;
    made.created = now.wall;
    (void)made.puts.admit(now.run, kDeviceRequestsMax, kDeviceWindow);
    change(made, Status::kUnassigned, now.wall);
    return &made;
}

void Registrations::assign(const Caller& caller, const Enrollment& enrollment,
                           Registration& registration, json::value payload, Instant now) {
    const std::string key = lower(caller.registration_id);
    const bool reset = !registration.hub.empty() && !enrollment.migrate_device_data;
    registration.attempt = ++attempts_;
    change(registration, Status::kAssigning, now.wall);
    Assignment assignment{
        .device_id = enrollment.device_id.empty() ? registration.id : enrollment.device_id,
        .hub = choose_hub(enrollment, key),
        .credentials = caller.credentials,
        .edge = enrollment.edge,
        .initial_twin = enrollment.initial_twin,
        .reset_twin = reset,
        .payload = std::move(payload)};
    registration.device_id = assignment.device_id;
    rules_.registrar.assign(
        std::move(assignment),
        [self = std::weak_ptr(self_), key, attempt = registration.attempt, reset](
            Result<Assigned> assigned, TimePoint then) {
            if (const auto alive = self.lock()) {
                (*alive)->take_assignment(key, attempt, reset, std::move(assigned), then);
            }
        },
        now.run);
}

void Registrations::take_assignment(const std::string& key, std::uint64_t attempt, bool reset,
                                    Result<Assigned> assigned, TimePoint now) {
    const auto found = map_.find(key);
    if (found == map_.end() || found->second.attempt != attempt ||
        found->second.status != Status::kAssigning) {
        return;  // Deleted, or registered anew, meanwhile.
    }
    Registration& registration = found->second;
    if (!assigned) {
        ++statistics_.failed;
        registration.error_message = assigned.error().message();
        change(registration, Status::kFailed, rules_.anchor.at(now));
        return;
    }
    ++statistics_.assigned;
    const bool moved = !registration.hub.empty() && registration.hub != assigned->hub;
    if (registration.hub.empty()) {
        registration.substatus = "initialAssignment";
    } else if (reset) {
        registration.substatus = "deviceDataReset";
    } else {
        registration.substatus = moved ? "deviceDataMigrated" : "reprovisionedToInitialAssignment";
    }
    registration.hub = std::move(assigned->hub);
    registration.payload = std::move(assigned->payload);
    change(registration, Status::kAssigned, rules_.anchor.at(now));
}

// The place of a device does not change while the list of hubs stays. All hubs of a mock are
// equally near, so the lowest latency is as good as a hash.
std::string Registrations::choose_hub(const Enrollment& enrollment, const std::string& key) const {
    const auto& hubs = enrollment.hubs.empty() ? rules_.enrollments.hubs() : enrollment.hubs;
    if (enrollment.allocation == Allocation::kStatic) {
        return hubs.front();
    }
    return hubs[derive(0, key) % hubs.size()];
}

Outcome<Answer> Registrations::poll(const Caller& caller, std::string_view operation_id,
                                    Instant now) {
    const auto found = map_.find(lower(caller.registration_id));
    if (found == map_.end()) {
        return not_found(caller.registration_id);
    }
    Registration& registration = found->second;
    if (rules_.throttle && !registration.gets.admit(now.run, kDeviceRequestsMax, kDeviceWindow)) {
        ++statistics_.throttled;
        return throttled(registration.gets, now.run, kDeviceWindow);
    }
    if (operation_id.empty() || operation_id != registration.operation_id) {
        return refuse(FaultCode::kNoRegistration, "Operation not found");
    }
    return status_answer(registration);
}

Answer Registrations::status_answer(const Registration& registration) const {
    Answer answer{
        200, {{"operationId", registration.operation_id}, {"status", name(registration.status)}}};
    if (registration.status == Status::kAssigning) {
        answer.status = 202;
        answer.retry_after = rules_.retry_after;
    } else {
        answer.body["registrationState"] = state_view(registration);
    }
    return answer;
}

Outcome<const Registration*> Registrations::get(std::string_view registration_id) const {
    const auto found = map_.find(lower(registration_id));
    return found == map_.end() ? not_found(registration_id)
                               : Outcome<const Registration*>(&found->second);
}

Outcome<void> Registrations::erase(std::string_view registration_id, std::string_view if_match) {
    const auto found = get(registration_id);
    if (!found) {
        return tl::unexpected(found.error());
    }
    if (!if_match.empty() && !etag_matches(if_match, (*found)->etag)) {
        return refuse(FaultCode::kPreconditionFailed, "The etag does not match");
    }
    map_.erase(lower(registration_id));
    return {};
}

void Registrations::erase_of(const EnrollmentName& enrollment) {
    std::erase_if(map_, [&](const auto& entry) {
        const EnrollmentName& name = entry.second.enrollment;
        return name.group == enrollment.group && lower(name.id) == lower(enrollment.id);
    });
}

void Registrations::change(Registration& registration, Status status, WallTime now) {
    registration.status = status;
    registration.updated = now;
    registration.etag = next_etag(random_);
}

}  // namespace twinstorm::dps
