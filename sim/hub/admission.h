// Who may come in: SAS tokens of services, checked for a right; CONNECT of devices and modules,
// with a token or a client certificate.
//
// Rules:  a token with `skn` is checked with that policy's keys and needs the right; one without is
//         checked with the keys of the identity that connects, so that a device's key does not open
//         its module. Primary and secondary keys are both valid. A certificate counts where CONNECT
//         brings no password: self-signed by its thumbprint, CA-signed by its chain and its common
//         name, which is the client id.
#pragma once

#include <optional>
#include <span>
#include <string>
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
    std::span<const std::string> client_cas;  // PEM.
};

// `authorization` is the header's value; `path` begins with `/` and is decoded. Errors: 401002 when
// the policy lacks the right, 401003 for everything else about the token.
[[nodiscard]] Outcome<void> admit_service(const AdmissionRules& rules,
                                          std::string_view authorization, Right right,
                                          std::string_view path, Instant now);

struct Admission {
    Identity* identity = nullptr;
    std::string model_id{};               // As CONNECT says; empty when it does not.
    std::optional<TimePoint> token_ends;  // With its grace; none when that is beyond any run.
    events::AuthScope scope = events::AuthScope::kDevice;
    events::AuthType type = events::AuthType::kSas;
};

// A device's or module's HTTPS request: as CONNECT with a token.
[[nodiscard]] tl::expected<Admission, Refusal> admit_sender(const AdmissionRules& rules,
                                                            Identity& identity,
                                                            std::string_view authorization,
                                                            Instant now);

// `chain` is what the peer showed in its TLS handshake, in DER, leaf first; may be empty.
[[nodiscard]] tl::expected<Admission, Refusal> admit_connect(const AdmissionRules& rules,
                                                             Identity* identity,
                                                             const mqtt::Connect& connect,
                                                             std::span<const std::string> chain,
                                                             Instant now);

}  // namespace twinstorm::hub
