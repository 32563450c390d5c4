// Who the devices of a plan are: numbers, names, keys and states, the same on every worker and
// shard.
//
// Rule:   a key is HMAC-SHA256 of the service policy's key over the client id, as group enrolment
//         does it: nothing has to be stored between `provision` and `run`, and nobody can guess
//         one.
// Number: identities that have a client, device after device, its personas one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "twinstorm/backend/registry_job.h"
#include "twinstorm/device/device.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/plan/identity_state.h"
#include "twinstorm/plan/life_cycle.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::run {

struct Member {
    plan::RoleRef which;
    std::uint32_t device = 0;  // In the whole fleet, from 0.
    std::uint32_t index = 0;   // Of the device in its group.
    plan::IdentityState state = plan::IdentityState::kOrdinary;
    device::Identity identity;
};

// Every part-th identity that has a client, from `first` on.
struct Part {
    std::size_t first = 0;
    std::size_t parts = 1;
};
[[nodiscard]] std::vector<Member> fleet_members(const plan::Plan& plan,
                                                const iothub::ConnectionString& service,
                                                Part part = {});
[[nodiscard]] std::uint32_t client_count(const plan::Plan& plan);

// By group and role.
[[nodiscard]] std::vector<std::vector<stats::IdentityCounts>> identity_counts(
    const plan::Plan& plan);

// The numbers of those whose twins a phase's updates patch: identities in ordinary state.
[[nodiscard]] std::vector<std::uint32_t> updated_numbers(const plan::Plan& plan, std::size_t phase);

// What has to exist in the hub's registry: each device, and the modules of its agents.
[[nodiscard]] std::vector<backend::NewIdentity> fleet_identities(
    const plan::Plan& plan, const iothub::ConnectionString& service);

}  // namespace twinstorm::run
