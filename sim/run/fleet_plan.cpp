#include "run/fleet_plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/plan/id_pattern.h"

namespace twinstorm::run {
namespace {

using plan::IdentityState;

class Keys {
public:
    explicit Keys(const iothub::ConnectionString& service)
        : group_key_(base64_decode(service.key.reveal())) {
        TWINSTORM_CHECK(group_key_.has_value());  // Checked with the connection string.
    }

    [[nodiscard]] Secret of(const iothub::IdentityName& name) const {
        return from(name.client_id());
    }
    // One that its agent does not have.
    [[nodiscard]] Secret other(const iothub::IdentityName& name) const {
        return from(name.client_id() + " rejected");
    }

private:
    [[nodiscard]] Secret from(const std::string& text) const {
        return Secret(base64_encode(iothub::hmac_sha256(*group_key_, text)));
    }

    Result<std::string> group_key_;
};

struct PlannedDevice {
    std::size_t group = 0;
    std::uint32_t device = 0;
    std::uint32_t index = 0;
    IdentityState state = IdentityState::kOrdinary;
    const plan::IdPattern& pattern;
};

// Every device of the plan, in order. A pattern is parsed once for its group.
template <class Visit>
void for_each_device(const plan::Plan& plan, Visit visit) {
    std::uint32_t device = 0;
    for (std::size_t group = 0; group < plan.groups.size(); ++group) {
        const plan::Group& planned = plan.groups[group];
        const auto pattern = plan::IdPattern::parse(planned.id_pattern);
        TWINSTORM_CHECK(pattern.has_value());  // The reader of the scenario has checked it.
        for (std::uint32_t index = 0; index < planned.devices; ++index, ++device) {
            const IdentityState state =
                planned.identities.any()
                    ? plan::identity_state(planned.identities, plan.seed, pattern->format(index))
                    : IdentityState::kOrdinary;
            visit(PlannedDevice{group, device, index, state, *pattern});
        }
    }
}

// With the number of each identity that has a client.
template <class Visit>
void for_each_client(const plan::Plan& plan, Visit visit) {
    std::uint32_t number = 0;
    for_each_device(plan, [&](const PlannedDevice& device) {
        if (device.state == IdentityState::kNeverConnected) {
            return;
        }
        for (std::size_t role = 0; role < plan.groups[device.group].roles.size(); ++role) {
            visit(device, role, number++);
        }
    });
}

const std::string& module_of(const plan::Group& group, std::size_t role) {
    return group.roles[role].persona.module_id;
}

}  // namespace

std::vector<Member> fleet_members(const plan::Plan& plan, const iothub::ConnectionString& service,
                                  Part part) {
    const Keys keys(service);
    std::vector<Member> members;
    for_each_client(plan, [&](const PlannedDevice& device, std::size_t role, std::uint32_t number) {
        if (number % part.parts != part.first) {
            return;
        }
        Member& member = members.emplace_back();
        member.which = {device.group, role};
        member.device = device.device;
        member.index = device.index;
        member.state = device.state;
        member.identity.number = number;
        member.identity.name = {device.pattern.format(device.index),
                                module_of(plan.groups[device.group], role)};
        member.identity.key = keys.of(member.identity.name);
    });
    return members;
}

std::uint32_t client_count(const plan::Plan& plan) {
    std::uint32_t count = 0;
    for_each_client(plan, [&](const PlannedDevice&, std::size_t, std::uint32_t) { ++count; });
    return count;
}

std::vector<std::vector<stats::IdentityCounts>> identity_counts(const plan::Plan& plan) {
    std::vector<std::vector<stats::IdentityCounts>> counts;
    for (const plan::Group& group : plan.groups) {
        counts.emplace_back(group.roles.size());
    }
    for_each_device(plan, [&](const PlannedDevice& device) {
        for (stats::IdentityCounts& role : counts[device.group]) {
            role.ordinary += device.state == IdentityState::kOrdinary ? 1 : 0;
            role.absent += device.state == IdentityState::kAbsent ? 1 : 0;
            role.never_connected += device.state == IdentityState::kNeverConnected ? 1 : 0;
            role.rejected += device.state == IdentityState::kRejected ? 1 : 0;
        }
    });
    return counts;
}

std::vector<std::uint32_t> updated_numbers(const plan::Plan& plan, std::size_t phase) {
    const std::vector<plan::RoleRef> roles = plan::updated_roles(plan, phase);
    std::vector<std::uint32_t> numbers;
    for_each_client(plan, [&](const PlannedDevice& device, std::size_t role, std::uint32_t number) {
        if (device.state == IdentityState::kOrdinary &&
            std::ranges::find(roles, plan::RoleRef{device.group, role}) != roles.end()) {
            numbers.push_back(number);
        }
    });
    return numbers;
}

std::vector<backend::NewIdentity> fleet_identities(const plan::Plan& plan,
                                                   const iothub::ConnectionString& service) {
    const Keys keys(service);
    std::vector<backend::NewIdentity> identities;
    for_each_device(plan, [&](const PlannedDevice& planned) {
        const plan::Group& group = plan.groups[planned.group];
        const bool absent = planned.state == IdentityState::kAbsent;
        const auto key_of = [&](const iothub::IdentityName& name) {
            return planned.state == IdentityState::kRejected ? keys.other(name) : keys.of(name);
        };
        const bool speaks_itself = std::ranges::any_of(
            group.roles, [](const plan::Role& role) { return role.persona.module_id.empty(); });
        const iothub::IdentityName device{planned.pattern.format(planned.index), {}};
        if (absent && speaks_itself) {
            return;
        }
        identities.push_back({device, key_of(device)});
        for (std::size_t role = 0; !absent && role < group.roles.size(); ++role) {
            const iothub::IdentityName module{device.device_id, module_of(group, role)};
            if (module.is_module()) {
                identities.push_back({module, key_of(module)});
            }
        }
    });
    return identities;
}

}  // namespace twinstorm::run
