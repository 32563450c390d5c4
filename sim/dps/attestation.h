// Who a device is, and which enrolment it comes in by.
//
// Rules:  a token names `{idScope}/registrations/{regId}` and `registration` as its policy, and is
//         signed over its literal resource. An individual enrolment goes before every group, even
//         a disabled one: that is how a single device is kept out of its group.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dps/enrollment_store.h"
#include "dps/fault.h"
#include "twinstorm/base/time.h"
#include "twinstorm/dps/hub_registrar.h"

namespace twinstorm::dps {

// A device that has proven itself.
struct Caller {
    std::string registration_id;  // As it spells it.
    EnrollmentName enrollment;
    DeviceCredentials credentials;
    std::int64_t token_expiry = 0;  // Unix seconds; 0: none, it has shown a certificate.
};

struct AttestationRules {
    std::string_view id_scope;
    const EnrollmentStore& enrollments;
    std::chrono::seconds clock_skew;
};

// Errors: 401002 for everything about the token, an unknown registration id included.
[[nodiscard]] Outcome<Caller> attest_token(const AttestationRules& rules,
                                           std::string_view registration_id, std::string_view token,
                                           WallTime now);

// `chain` is DER, leaf first. Errors: 401002; 404201 when no enrolment knows it.
[[nodiscard]] Outcome<Caller> attest_certificate(const AttestationRules& rules,
                                                 std::string_view registration_id,
                                                 std::span<const std::string> chain, WallTime now);

}  // namespace twinstorm::dps
