// What an agent draws from: the device's seed for what all its agents agree on, and one of its own.
#pragma once

#include <cstdint>
#include <string_view>

#include "twinstorm/agent/persona.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

// The same computer for each agent on a device.
[[nodiscard]] host::Host make_host(const Persona& persona, std::string_view device_id,
                                   std::uint64_t seed, WallAnchor anchor);

[[nodiscard]] std::uint64_t own_seed(const Persona& persona, std::string_view device_id,
                                     std::uint64_t seed);

// Keeps a fleet that starts together from sending together: whole seconds in the persona's range.
[[nodiscard]] Duration first_collection(const AgentOptions& options, std::uint64_t own_seed);

}  // namespace twinstorm::agent
