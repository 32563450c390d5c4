#include "dps/policies.h"

#include <algorithm>
#include <string>

#include "dps/limits.h"
#include "dps/text.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::dps {
namespace {

constexpr std::uint8_t bit(Right right) {
    return static_cast<std::uint8_t>(right);
}

constexpr std::uint8_t kAllRights = bit(Right::kEnrollmentRead) | bit(Right::kEnrollmentWrite) |
                                    bit(Right::kRegistrationStatusRead) |
                                    bit(Right::kRegistrationStatusWrite);

bool allows(const ServicePolicy& policy, Right right) {
    std::uint8_t granted = policy.rights;
    if ((granted & bit(Right::kEnrollmentWrite)) != 0) {
        granted |= bit(Right::kEnrollmentRead);
    }
    if ((granted & bit(Right::kRegistrationStatusWrite)) != 0) {
        granted |= bit(Right::kRegistrationStatusRead);
    }
    return (granted & bit(right)) != 0;
}

Secret owner_key(const Options& options) {
    return options.owner_key.empty() ? Secret(seeded_key(derive(options.seed, "dps/owner")))
                                     : options.owner_key;
}

}  // namespace

Policies::Policies(const Options& options)
    : host_name_(options.host_name),
      policies_{{std::string(kOwnerPolicy), kAllRights, owner_key(options)}} {
    policies_.insert(policies_.end(), options.policies.begin(), options.policies.end());
}

Outcome<void> Policies::admit(std::string_view authorization, Right right, std::string_view path,
                              WallTime now) const {
    const auto token = iothub::SasToken::parse(authorization);
    if (!token) {
        return refuse(FaultCode::kUnauthorized, "There is no shared access signature");
    }
    const auto policy = std::ranges::find(policies_, token->policy, &ServicePolicy::name);
    if (policy == policies_.end() || !token->signed_with(policy->key.reveal())) {
        return refuse(FaultCode::kUnauthorized, "The token is not signed with a policy's key");
    }
    if (token->expired(now, kSasClockSkew)) {
        return refuse(FaultCode::kUnauthorized, "The token has expired");
    }
    if (!token->covers(host_name_ + std::string(path))) {
        return refuse(FaultCode::kUnauthorized, "The token's resource is another one");
    }
    if (!allows(*policy, right)) {
        return refuse(FaultCode::kUnauthorized,
                      "The policy " + policy->name + " lacks the right for this operation");
    }
    return {};
}

}  // namespace twinstorm::dps
