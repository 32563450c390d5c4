#include "hub/amqp_authorizer.h"

#include <algorithm>
#include <string>

#include "hub/endpoint_source.h"
#include "hub/limits.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::hub {
namespace {

using iothub::SasToken;

tl::unexpected<Error> refused(std::string text) {
    return fail(ErrorCode::kUnauthorized, std::move(text));
}

// `sb://host:5671/path/` is `host/path`: clients differ in what they write around it, and a client
// that goes through another address names that one.
std::string plain(std::string_view resource) {
    if (const std::size_t scheme = resource.find("://"); scheme != std::string_view::npos) {
        resource.remove_prefix(scheme + 3);
    }
    while (resource.ends_with('/')) {
        resource.remove_suffix(1);
    }
    const std::size_t slash = std::min(resource.find('/'), resource.size());
    const std::size_t colon = std::min(resource.find(':'), slash);
    return std::string(resource.substr(0, colon)) + std::string(resource.substr(slash));
}

// Clients of the hub sign with the key's bytes, clients of Event Hubs with its base64 text.
bool signed_with(const SasToken& token, const Secret& key) {
    return token.signed_with(key.reveal()) || token.signed_with(base64_encode(key.reveal()));
}

// Segment-wise: `host/a` covers `host/a/b` and not `host/ab`.
bool covers(std::string_view prefix, std::string_view path) {
    return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

}  // namespace

void AmqpAuthorizer::check_token(std::string_view token, std::string_view audience, Done done) {
    done(check(token, plain(audience)));
}

// `{policy}@sas.root.{hub}` brings a token for the hub, a bare `{policy}` its key.
void AmqpAuthorizer::check_password(std::string_view user, std::string_view password, Done done) {
    constexpr std::string_view kRoot = "@sas.root.";
    const std::size_t at = user.find(kRoot);
    if (at == std::string_view::npos) {
        done(check_key(user, password));
        return;
    }
    const auto token = SasToken::parse(password);
    if (token && token->policy.empty()) {
        done(refused("the token of " + std::string(user) + " names no policy"));
        return;
    }
    done(check(password, {}));  // SASL names no resource: any of this hub will do.
}

Result<WallTime> AmqpAuthorizer::check(std::string_view text, std::string_view path) const {
    const auto token = SasToken::parse(text);
    if (!token) {
        return refused("the token is no shared access signature");
    }
    const Policy* const policy = common_.policies.find(token->policy);
    if (policy == nullptr || (!signed_with(*token, policy->primary_key) &&
                              !signed_with(*token, policy->secondary_key))) {
        return refused("the token is not signed with a key of one of the hub's policies");
    }
    if (token->expired(common_.instant(loop_.now()).wall,
                       std::min(kSasClockSkew, common_.options.sas_grace))) {
        return refused("the token has expired");
    }
    const auto resource = iothub::percent_decode(token->resource);
    const std::string scope = resource ? plain(*resource) : std::string();
    if (path.empty() ? !covers(common_.options.host_name, scope) : !covers(scope, path)) {
        return refused("the token's resource does not cover the one asked for");
    }
    if (!policy->allows(Right::kServiceConnect)) {
        return refused("the policy " + policy->name + " lacks the right ServiceConnect");
    }
    return WallTime(std::chrono::seconds(std::min<std::int64_t>(
        token->expiry, std::chrono::floor<std::chrono::seconds>(WallTime::max() - kSasTimerMax)
                           .time_since_epoch()
                           .count())));
}

Result<WallTime> AmqpAuthorizer::check_key(std::string_view name, std::string_view key) const {
    const Policy* const policy = common_.policies.find(name);
    const bool known =
        policy != nullptr && (policy->primary_key.equals(key) || policy->secondary_key.equals(key));
    if (!known) {
        return refused("no policy has this name and key");
    }
    if (!policy->allows(Right::kServiceConnect)) {
        return refused("the policy " + policy->name + " lacks the right ServiceConnect");
    }
    return WallTime::max();
}

}  // namespace twinstorm::hub
