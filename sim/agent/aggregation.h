// Which events an agent holds for equal, and what it forgets about those that it counts together.
//
// Rules:  micro agent: processes by command line and user (a start and an end are never equal),
//         flows by both addresses, both ports and the transport protocol, files by path and kind
//         of change. `legacy-c`: the whole payload after the process ids were zeroed and, of an
//         inbound connection, the remote port. `legacy-cs`: program, user, direction, both
//         addresses, protocol, and the port of the side that listens.
// Source: the fact sheet of the agents, 3.1 and 3.2; the files' key is not documented.
#pragma once

#include <span>

#include "agent/event_cache.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/host/event.h"

namespace twinstorm::agent {

struct CacheRule {
    std::size_t capacity = kCacheEntriesMax;
    WhenFull when_full = WhenFull::kDropOldest;
};

// Each begins the cache anew. Of an RTOS, processes never come.
void aggregate(Family family, const CacheRule& rule, std::span<const host::ProcessEvent> events,
               EventCache<host::ProcessEvent>& cache);
void aggregate(Family family, const CacheRule& rule, std::span<const host::FlowEvent> events,
               EventCache<host::FlowEvent>& cache);
void aggregate(const CacheRule& rule, std::span<const host::FileEvent> events,
               EventCache<host::FileEvent>& cache);

// The one event as an entry that stands for itself.
template <class Event>
[[nodiscard]] Kept<Event> alone(const Event& event) {
    return {event, event.at, 1, false};
}
[[nodiscard]] inline Kept<host::FlowEvent> alone(const host::FlowEvent& event) {
    return {event, event.at, event.packets, false};
}

}  // namespace twinstorm::agent
