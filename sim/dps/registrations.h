// Registrations: a device asks, is told to come back, and is told its hub.
//
// Use:    begin() for PUT register, poll() for GET operation status; both over MQTT and REST.
// Owner:  the service. Answers are whole: status, JSON body, and how long to wait.
// Rules:  the first answer is always 202; a registration under way is not begun again.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "dps/attestation.h"
#include "dps/enrollment_store.h"
#include "dps/fault.h"
#include "dps/instant.h"
#include "dps/rate_window.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/dps/hub_registrar.h"
#include "twinstorm/dps/provisioning_service.h"

namespace twinstorm::dps {

struct Registration {
    enum class Status : std::uint8_t { kUnassigned, kAssigning, kAssigned, kFailed, kDisabled };

    std::string id;  // As it was first spelled; device ids follow it.
    EnrollmentName enrollment;
    Status status = Status::kUnassigned;
    std::string_view substatus{};
    std::string hub{};
    std::string device_id{};
    std::string operation_id{};
    std::string etag{};
    std::string error_message{};
    boost::json::value payload{};
    WallTime created{};
    WallTime updated{};
    std::uint64_t attempt = 0;  // An answer to an earlier one is too late.
    RateWindow puts{};
    RateWindow gets{};
};

[[nodiscard]] boost::json::object state_view(const Registration& registration);

struct Answer {
    unsigned status = 200;
    boost::json::object body;
    std::chrono::seconds retry_after{0};  // 0: not told.
};

class Registrations {
public:
    using Map = std::map<std::string, Registration>;  // By the id in lower case.

    struct Rules {
        const EnrollmentStore& enrollments;
        HubRegistrar& registrar;
        WallAnchor anchor;
        std::chrono::seconds retry_after;
        bool throttle;
    };

    Registrations(const Rules& rules, std::uint64_t seed, Statistics& statistics);

    // `body` is the device's: empty, or an object with its registration id and a payload.
    [[nodiscard]] Outcome<Answer> begin(const Caller& caller, std::string_view body, Instant now);
    [[nodiscard]] Outcome<Answer> poll(const Caller& caller, std::string_view operation_id,
                                       Instant now);
    [[nodiscard]] Outcome<const Registration*> get(std::string_view registration_id) const;
    [[nodiscard]] Outcome<void> erase(std::string_view registration_id, std::string_view if_match);
    void erase_of(const EnrollmentName& enrollment);  // It is gone, and they with it.

    [[nodiscard]] const Map& all() const { return map_; }

private:
    [[nodiscard]] Outcome<Registration*> admit(const Caller& caller, Instant now);
    void assign(const Caller& caller, const Enrollment& enrollment, Registration& registration,
                boost::json::value payload, Instant now);
    void take_assignment(const std::string& key, std::uint64_t attempt, bool reset,
                         Result<Assigned> assigned, TimePoint now);
    [[nodiscard]] std::string choose_hub(const Enrollment& enrollment,
                                         const std::string& key) const;
    [[nodiscard]] Answer status_answer(const Registration& registration) const;
    void change(Registration& registration, Registration::Status status, WallTime now);

    Rules rules_;
    Random random_;
    Statistics& statistics_;
    RateWindow rate_;
    Map map_;
    std::uint64_t attempts_ = 0;
    // Shared with the registrar's callbacks, which may outlive the service and then do nothing.
    std::shared_ptr<Registrations*> self_;
};

}  // namespace twinstorm::dps
