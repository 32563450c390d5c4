// Enrolments as JSON, as the service API takes and gives them.
#pragma once

#include <span>
#include <string>

#include <boost/json/object.hpp>

#include "dps/enrollment.h"
#include "dps/fault.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::dps {

struct EnrollmentReading {
    EnrollmentName name;                 // From the path; the body's must agree.
    const Enrollment* before = nullptr;  // What is replaced: keys that are not sent are kept.
    std::span<const std::string> hubs;   // Those that are linked.
    Random& random;                      // For keys that nobody brings along.
};

// Times and etag are left to the store. Errors: 400004 with the member that is wrong.
[[nodiscard]] Outcome<Enrollment> read_enrollment(const boost::json::object& body,
                                                  const EnrollmentReading& reading);

enum class Keys : std::uint8_t { kHidden, kShown };

[[nodiscard]] boost::json::object enrollment_view(const Enrollment& enrollment, Keys keys);
[[nodiscard]] boost::json::object attestation_view(const Enrollment& enrollment, Keys keys);

}  // namespace twinstorm::dps
