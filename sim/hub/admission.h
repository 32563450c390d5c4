// Who may come in: SAS tokens of services, checked for a right; CONNECT of devices and modules.
//
// Rules:  a token with `skn` is checked with that policy's keys and needs the right; one without is
//         checked with the keys of the identity that connects, so that a device's key does not open
//         its module. Primary and secondary keys are both valid.
#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "hub/identity.h"
#include "hub/instant.h"
#include "hub/outcome.h"
#include "hub/policies.h"
#include "hub/registry.h"
#include "hub/rules.h"
#include "twinstorm/base/time.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::hub {

struct AdmissionRules {
    std::string_view host_name;
    const Policies& policies;
    std::chrono::seconds sas_grace;
};

// `authorization` is the header's value; `path` begins with `/` and is decoded. Errors: 401002 when
// the policy lacks the right, 401003 for everything else about the token.
[[nodiscard]] Outcome<void> admit_service(const AdmissionRules& rules,
                                          std::string_view authorization, Right right,
                                          std::string_view path, Instant now);

struct Admission {
    Identity* identity = nullptr;
    std::optional<TimePoint> token_ends;  // With its grace; none when that is beyond any run.
};

[[nodiscard]] tl::expected<Admission, Refusal> admit_connect(const AdmissionRules& rules,
                                                             Registry& registry,
                                                             const mqtt::Connect& connect,
                                                             Instant now);

}  // namespace twinstorm::hub
