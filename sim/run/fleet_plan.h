// Who the devices of a plan are: numbers, names and keys, the same on every worker and shard.
//
// Rule:   a key is HMAC-SHA256 of the service policy's key over the client id, as group enrolment
// does
//         it: nothing has to be stored between `provision` and `run`, and nobody can guess one.
#pragma once

#include <cstdint>
#include <vector>

#include "twinstorm/backend/registry_job.h"
#include "twinstorm/device/device.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/plan/plan.h"

namespace twinstorm::run {

struct Member {
    std::size_t group = 0;
    device::Identity identity;  // Of the agent's module.
};

[[nodiscard]] std::vector<Member> fleet_members(const plan::Plan& plan,
                                                const iothub::ConnectionString& service);

// What has to exist in the hub's registry: each device, and its agent's module.
[[nodiscard]] std::vector<backend::NewIdentity> fleet_identities(
    const plan::Plan& plan, const iothub::ConnectionString& service);

}  // namespace twinstorm::run
