// What a worker tells of the playbooks of one identity when the run is over.
#pragma once

#include <cstdint>
#include <vector>

#include "twinstorm/device/played_messages.h"
#include "twinstorm/host/playbook.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/plan/life_cycle.h"

namespace twinstorm::run {

struct PlayedIdentity {
    iothub::IdentityName name;
    plan::RoleRef which;
    host::PlaySet chosen = 0;  // What the plan has for it.
    host::PlaySet played = 0;  // Of that, what came to pass.
    std::vector<device::PlayedMessage> messages;
    std::uint64_t messages_left_out = 0;
};

}  // namespace twinstorm::run
