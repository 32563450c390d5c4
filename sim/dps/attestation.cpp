#include "dps/attestation.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dps/text.h"
#include "twinstorm/dps/device_key.h"
#include "twinstorm/iothub/certificate.h"
#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::dps {
namespace {

using iothub::Certificate;
using iothub::SasToken;

constexpr std::string_view kTokenPolicy = "registration";

tl::unexpected<Fault> unauthorized(std::string text) {
    return refuse(FaultCode::kUnauthorized, std::move(text));
}

std::optional<DeviceCredentials> signed_by_keys(const SasToken& token,
                                                const std::string& primary_key,
                                                const std::string& secondary_key) {
    if (!token.signed_with(primary_key) && !token.signed_with(secondary_key)) {
        return std::nullopt;
    }
    return DeviceCredentials{.kind = DeviceCredentials::Kind::kSas,
                             .primary_key = primary_key,
                             .secondary_key = secondary_key};
}

// Devices derive their key from the id as they spell it, or from the lower-case one.
std::optional<DeviceCredentials> signed_by_group(const SasToken& token, const Attestation& group,
                                                 std::string_view registration_id) {
    const std::string lower_id = lower(registration_id);
    for (const std::string_view id : {registration_id, std::string_view(lower_id)}) {
        const auto primary = derive_device_key(group.primary_key, id);
        const auto secondary = derive_device_key(group.secondary_key, id);
        if (!primary || !secondary) {
            return std::nullopt;
        }
        if (auto credentials = signed_by_keys(token, *primary, *secondary)) {
            return credentials;
        }
    }
    return std::nullopt;
}

Outcome<Caller> find_signer(const AttestationRules& rules, std::string_view registration_id,
                            const SasToken& token) {
    const EnrollmentName own{false, std::string(registration_id)};
    if (const Enrollment* individual = rules.enrollments.find(own)) {
        const Attestation& attestation = individual->attestation;
        auto credentials =
            attestation.kind == Attestation::Kind::kSymmetricKey
                ? signed_by_keys(token, attestation.primary_key, attestation.secondary_key)
                : std::nullopt;
        if (!credentials) {
            return unauthorized("the token is not signed with a key of the enrolment");
        }
        return Caller{own.id, individual->name, *std::move(credentials), token.expiry};
    }
    for (const auto& [id, group] : rules.enrollments.all(true)) {
        if (group.attestation.kind != Attestation::Kind::kSymmetricKey) {
            continue;
        }
        if (auto credentials = signed_by_group(token, group.attestation, registration_id)) {
            return Caller{own.id, group.name, *std::move(credentials), token.expiry};
        }
    }
    return unauthorized("no enrolment has a key that signed the token");
}

DeviceCredentials credentials_of(const Certificate& leaf) {
    return {.kind = DeviceCredentials::Kind::kSelfSigned, .primary_thumbprint = leaf.sha256};
}

std::vector<std::string> trusted_by(const Attestation& attestation) {
    std::vector<std::string> trusted{attestation.primary->pem};
    if (attestation.secondary) {
        trusted.push_back(attestation.secondary->pem);
    }
    return trusted;
}

// The client's own certificate, or one that it was issued by.
Outcome<Caller> attest_individual(const Enrollment& enrollment, std::string_view registration_id,
                                  const Certificate& leaf, std::span<const std::string> chain,
                                  WallTime now) {
    const Attestation& attestation = enrollment.attestation;
    if (attestation.kind != Attestation::Kind::kX509) {
        return unauthorized("the enrolment asks for a token, not for a certificate");
    }
    Caller caller{std::string(registration_id), enrollment.name, credentials_of(leaf)};
    const bool primary = leaf.sha256 == attestation.primary->sha256;
    const bool secondary = attestation.secondary && leaf.sha256 == attestation.secondary->sha256;
    if (!primary && !secondary) {
        const auto verified = iothub::verify_chain(chain, trusted_by(attestation), now);
        return verified ? Outcome<Caller>(std::move(caller))
                        : unauthorized("the certificate is not the enrolment's");
    }
    if (!leaf.valid_at(now)) {
        return unauthorized("the certificate is not valid at this time");
    }
    if (attestation.secondary) {
        caller.credentials.primary_thumbprint = attestation.primary->sha256;
        caller.credentials.secondary_thumbprint = attestation.secondary->sha256;
    }
    return caller;
}

}  // namespace

Outcome<Caller> attest_token(const AttestationRules& rules, std::string_view registration_id,
                             std::string_view token, WallTime now) {
    const auto parsed = SasToken::parse(token);
    if (!parsed) {
        return unauthorized("there is no shared access signature");
    }
    const auto resource = iothub::percent_decode(parsed->resource);
    const std::string wanted = fmt::format("{}/registrations/{}", rules.id_scope, registration_id);
    if (!resource || lower(*resource) != lower(wanted)) {
        return unauthorized("the token's resource is not the registration");
    }
    if (parsed->policy != kTokenPolicy) {
        return unauthorized("the token's policy is not registration");
    }
    auto caller = find_signer(rules, registration_id, *parsed);
    // Expiry last: an operator reads it only of tokens that were good once.
    if (caller && parsed->expired(now, rules.clock_skew)) {
        return unauthorized("the token has expired");
    }
    return caller;
}

Outcome<Caller> attest_certificate(const AttestationRules& rules, std::string_view registration_id,
                                   std::span<const std::string> chain, WallTime now) {
    if (chain.empty()) {
        return unauthorized("there is neither a token nor a certificate");
    }
    const auto leaf = iothub::parse_certificate(chain.front());
    if (!leaf) {
        return unauthorized("the certificate cannot be read");
    }
    if (lower(leaf->common_name) != lower(registration_id)) {
        return unauthorized("the certificate's common name is not the registration id");
    }
    const EnrollmentName own{false, std::string(registration_id)};
    if (const Enrollment* individual = rules.enrollments.find(own)) {
        return attest_individual(*individual, registration_id, *leaf, chain, now);
    }
    std::string reason = "no enrolment is for certificates";
    for (const auto& [id, group] : rules.enrollments.all(true)) {
        if (group.attestation.kind != Attestation::Kind::kX509) {
            continue;
        }
        const auto verified = iothub::verify_chain(chain, trusted_by(group.attestation), now);
        if (verified) {
            return Caller{own.id, group.name, credentials_of(*leaf)};
        }
        reason = verified.error().message();
    }
    return refuse(FaultCode::kNoEnrollment, fmt::format("Enrollment not found: {}", reason));
}

}  // namespace twinstorm::dps
