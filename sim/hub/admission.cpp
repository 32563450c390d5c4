#include "hub/admission.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <variant>

#include "hub/limits.h"
#include "twinstorm/iothub/certificate.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/topic.h"

namespace twinstorm::hub {
namespace {

using iothub::SasToken;
using iothub::ServiceErrorCode;

constexpr std::uint8_t kProtocolLevel = 4;  // MQTT 3.1.1, [MQTT-3.1.2-2].

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view text_of(mqtt::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool signed_by(const SasToken& token, const Policy& policy) {
    return token.signed_with(policy.primary_key.reveal()) ||
           token.signed_with(policy.secondary_key.reveal());
}

// No token is taken whose connection would end at once.
std::chrono::seconds skew(const AdmissionRules& rules) {
    return std::min(kSasClockSkew, rules.sas_grace);
}

std::optional<TimePoint> token_ends(const AdmissionRules& rules, const SasToken& token,
                                    Instant now) {
    const auto unix_now = std::chrono::floor<std::chrono::seconds>(now.wall).time_since_epoch();
    // Both numbers are positive, so the difference fits.
    if (token.expiry - unix_now.count() > std::chrono::seconds(kSasTimerMax).count()) {
        return std::nullopt;
    }
    const WallTime end = WallTime(std::chrono::seconds(token.expiry)) + rules.sas_grace;
    return now.run + (end - now.wall);
}

std::optional<Refusal> check_key(const AdmissionRules& rules, const SasToken& token,
                                 const Identity& identity) {
    if (!token.policy.empty()) {
        const Policy* policy = rules.policies.find(token.policy);
        if (policy == nullptr || !policy->allows(Right::kDeviceConnect)) {
            return Refusal::kTokenPolicy;
        }
        return signed_by(token, *policy) ? std::nullopt : std::optional(Refusal::kTokenSignature);
    }
    const Credentials& credentials = identity.record.credentials;
    if (credentials.type != Authentication::kSas) {
        return Refusal::kNotSas;
    }
    if (!token.signed_with(credentials.primary_key) &&
        !token.signed_with(credentials.secondary_key)) {
        return Refusal::kTokenSignature;
    }
    return std::nullopt;
}

tl::expected<Admission, Refusal> check_token(const AdmissionRules& rules, Identity& identity,
                                             std::string_view text, Instant now) {
    const auto token = SasToken::parse(text);
    if (!token) {
        return tl::unexpected(Refusal::kTokenMalformed);
    }
    if (!token->covers(iothub::resource_path(rules.host_name, identity.record.name))) {
        return tl::unexpected(Refusal::kTokenScope);
    }
    if (const auto refusal = check_key(rules, *token, identity)) {
        return tl::unexpected(*refusal);
    }
    // Expiry last: an operator reads `token-expired` only of tokens that were good once.
    if (token->expired(now.wall, skew(rules))) {
        return tl::unexpected(Refusal::kTokenExpired);
    }
    const bool own_key = token->policy.empty();
    const auto scope = !own_key                           ? events::AuthScope::kHub
                       : identity.record.name.is_module() ? events::AuthScope::kModule
                                                          : events::AuthScope::kDevice;
    return Admission{&identity, {}, token_ends(rules, *token, now), scope, events::AuthType::kSas};
}

std::optional<Refusal> check_certificate(const AdmissionRules& rules, const Identity& identity,
                                         std::span<const std::string> chain, Instant now) {
    const Credentials& credentials = identity.record.credentials;
    const bool self_signed = credentials.type == Authentication::kSelfSigned;
    if (!self_signed && credentials.type != Authentication::kCertificateAuthority) {
        return Refusal::kNotX509;
    }
    const auto leaf = iothub::parse_certificate(chain.front());
    if (!leaf) {
        return Refusal::kCertificateMalformed;
    }
    if (self_signed) {
        return iothub::has_thumbprint(*leaf, credentials.primary_thumbprint) ||
                       iothub::has_thumbprint(*leaf, credentials.secondary_thumbprint)
                   ? std::nullopt
                   : std::optional(Refusal::kCertificateThumbprint);
    }
    if (!iothub::verify_chain(chain, rules.client_cas, now.wall)) {
        return Refusal::kCertificateChain;
    }
    return leaf->common_name == identity.record.name.client_id()
               ? std::nullopt
               : std::optional(Refusal::kCertificateName);
}

tl::expected<Admission, Refusal> check_proof(const AdmissionRules& rules, Identity& identity,
                                             const mqtt::Connect& connect,
                                             std::span<const std::string> chain, Instant now) {
    if (connect.password && !connect.password->empty()) {
        return check_token(rules, identity, text_of(*connect.password), now);
    }
    if (chain.empty()) {
        return tl::unexpected(Refusal::kNoToken);
    }
    if (const auto refusal = check_certificate(rules, identity, chain, now)) {
        return tl::unexpected(*refusal);
    }
    return Admission{
        &identity, {}, std::nullopt, events::AuthScope::kDevice, events::AuthType::kX509};
}

bool is_own_telemetry(std::string_view topic, const iothub::IdentityName& name) {
    const auto parsed = iothub::parse_publish_topic(topic);
    if (!parsed) {
        return false;
    }
    const auto* telemetry = std::get_if<iothub::TelemetryTopic>(&*parsed);
    return telemetry != nullptr && telemetry->device_id == name.device_id &&
           telemetry->module_id == name.module_id;
}

}  // namespace

Outcome<void> admit_service(const AdmissionRules& rules, std::string_view authorization,
                            Right right, std::string_view path, Instant now) {
    const auto unauthorized = [](std::string text) {
        return refuse(ServiceErrorCode::kIotHubUnauthorized, std::move(text));
    };
    if (authorization.empty()) {
        return unauthorized("The Authorization header is missing");
    }
    const auto token = SasToken::parse(authorization);
    if (!token) {
        return unauthorized("The Authorization header holds no shared access signature");
    }
    const Policy* policy = rules.policies.find(token->policy);
    if (policy == nullptr || !signed_by(*token, *policy)) {
        return unauthorized("The token is not signed with a key of one of the hub's policies");
    }
    if (token->expired(now.wall, skew(rules))) {
        return unauthorized("The token has expired");
    }
    if (!token->covers(std::string(rules.host_name) + std::string(path))) {
        return unauthorized("The token's resource does not cover the one asked for");
    }
    if (!policy->allows(right)) {
        return refuse(ServiceErrorCode::kIotHubUnauthorizedAccess,
                      "The policy " + policy->name + " lacks the right for this operation");
    }
    return {};
}

tl::expected<Admission, Refusal> admit_sender(const AdmissionRules& rules, Identity& identity,
                                              std::string_view authorization, Instant now) {
    if (authorization.empty()) {
        return tl::unexpected(Refusal::kNoToken);
    }
    auto admission = check_token(rules, identity, authorization, now);
    if (admission && !identity.enabled()) {
        return tl::unexpected(Refusal::kDisabled);
    }
    return admission;
}

tl::expected<Admission, Refusal> admit_connect(const AdmissionRules& rules, Identity* identity,
                                               const mqtt::Connect& connect,
                                               std::span<const std::string> chain, Instant now) {
    if (connect.level != kProtocolLevel) {
        return tl::unexpected(Refusal::kProtocolLevel);
    }
    const auto user_name = iothub::parse_user_name(connect.user_name.value_or(""));
    if (!user_name) {
        return tl::unexpected(Refusal::kUserName);
    }
    if (!equal_ignoring_case(user_name->host, rules.host_name)) {
        return tl::unexpected(Refusal::kHostName);
    }
    if (connect.client_id != user_name->identity.client_id()) {
        return tl::unexpected(Refusal::kClientId);
    }
    if (identity == nullptr) {
        return tl::unexpected(Refusal::kUnknownIdentity);
    }
    auto admission = check_proof(rules, *identity, connect, chain, now);
    if (admission && !identity->enabled()) {
        return tl::unexpected(Refusal::kDisabled);
    }
    if (admission && connect.will &&
        !is_own_telemetry(connect.will->topic, identity->record.name)) {
        return tl::unexpected(Refusal::kWillTopic);
    }
    if (admission && user_name->model_id.size() <= kModelIdBytesMax) {
        admission->model_id = user_name->model_id;
    }
    return admission;
}

}  // namespace twinstorm::hub
