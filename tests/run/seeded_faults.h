// Faults drawn from a seed: of the network below a run, and of the hub, as a plan names them.
#pragma once

#include <vector>

#include "run/seeded_world.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"
#include "twinstorm/plan/fault.h"

namespace twinstorm::run {

// In order of time, within `span` of `begin`; a stall has ended before the next fault begins:
// a second one within it would reorder what waits.
[[nodiscard]] std::vector<NetworkFault> seeded_network_faults(Random& random, TimePoint begin,
                                                              Duration span);

// None to three, each over before `span` is. The hub keeps its state.
[[nodiscard]] std::vector<plan::Fault> seeded_hub_faults(Random& random, Duration span);

}  // namespace twinstorm::run
