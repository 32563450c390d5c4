#include "run/fleet_plan.h"

#include <utility>

#include "twinstorm/agent/micro_agent.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::run {
namespace {

class Keys {
public:
    explicit Keys(const iothub::ConnectionString& service)
        : group_key_(base64_decode(service.key.reveal())) {
        TWINSTORM_CHECK(group_key_.has_value());  // Checked with the connection string.
    }

    [[nodiscard]] Secret of(const iothub::IdentityName& name) const {
        return Secret(base64_encode(iothub::hmac_sha256(*group_key_, name.client_id())));
    }

private:
    Result<std::string> group_key_;
};

}  // namespace

std::vector<Member> fleet_members(const plan::Plan& plan, const iothub::ConnectionString& service) {
    const Keys keys(service);
    std::vector<Member> members;
    members.reserve(plan.device_count());
    for (std::size_t group = 0; group < plan.groups.size(); ++group) {
        for (std::uint32_t index = 0; index < plan.groups[group].devices; ++index) {
            Member& member = members.emplace_back();
            member.group = group;
            member.identity.number = static_cast<std::uint32_t>(members.size() - 1);
            member.identity.name = {plan.groups[group].device_id(index),
                                    std::string(agent::kMicroAgentModuleId)};
            member.identity.key = keys.of(member.identity.name);
        }
    }
    return members;
}

std::vector<backend::NewIdentity> fleet_identities(const plan::Plan& plan,
                                                   const iothub::ConnectionString& service) {
    const Keys keys(service);
    std::vector<backend::NewIdentity> identities;
    for (Member& member : fleet_members(plan, service)) {
        const iothub::IdentityName device{member.identity.name.device_id, {}};
        identities.push_back({device, keys.of(device)});
        identities.push_back({std::move(member.identity.name), std::move(member.identity.key)});
    }
    return identities;
}

}  // namespace twinstorm::run
