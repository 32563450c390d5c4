// In which state a device's identities are from the start, drawn from the run's seed.
//
// Rule:   all identities of one device share a state; the same seed gives the same states on every
//         worker and shard. Only ordinary ones are expected to connect and to converge.
#pragma once

#include <cstdint>
#include <string_view>

#include "twinstorm/plan/plan.h"

namespace twinstorm::plan {

enum class IdentityState : std::uint8_t {
    kOrdinary,
    kAbsent,          // Not in the registry; the agent tries all the same.
    kNeverConnected,  // In the registry, without a client.
    kRejected,        // In the registry with another key.
};

[[nodiscard]] IdentityState identity_state(const IdentityShares& shares, std::uint64_t seed,
                                           std::string_view device_id);

}  // namespace twinstorm::plan
