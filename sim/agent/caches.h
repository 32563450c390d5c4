// The scratch in which a worker's agents gather and measure, one after the other.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/event_cache.h"
#include "twinstorm/agent/batch.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/event.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

struct Caches {
    EventCache<host::ProcessEvent> processes;
    EventCache<host::FlowEvent> flows;
    EventCache<host::FileEvent> files;
    std::vector<host::CheckFinding> findings;
    std::vector<std::uint16_t> indexes;  // Of a snapshot, in the catalogue.
    std::vector<TimePoint> instants;
    Batch measured;  // Written for its size alone.
};

}  // namespace twinstorm::agent
