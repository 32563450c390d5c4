// When a legacy agent has to act next: nobody wakes it every second to find nothing.
//
// Rules:  what happens on a host can be looked up ahead of time, so the next firing that finds its
//         queue filled is known. Empty firings only move their timer on.
// Units:  whole seconds since the agent's start.
#pragma once

#include <cstdint>

#include "agent/legacy_content.h"
#include "twinstorm/agent/legacy_queues.h"

namespace twinstorm::agent {

struct LegacyTimers {
    std::int32_t tick = 1;  // Of the publisher.
    std::int32_t high_fires = 0;
    std::int32_t high_period = 1;
    std::int32_t low_fires = 0;
};

[[nodiscard]] std::int32_t next_wake(std::int32_t now, const LegacyTimers& timers,
                                     const LegacyQueues& queues, const LegacyPlace& place);

}  // namespace twinstorm::agent
