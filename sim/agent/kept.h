// An entry of a collector's cache: the first of some equal events, and how many there were.
#pragma once

#include <cstdint>

#include "twinstorm/base/time.h"
#include "twinstorm/host/host.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::agent {

template <class Event>
struct Kept {
    Event event{};
    TimePoint last{};             // Of the newest one; event.at is the first's.
    std::uint32_t hit_count = 1;  // Of a flow: packets.
    bool aggregated = true;       // By a collector that aggregates: hit count and span are told.
    host::PlaySet plays = 0;      // Of those after the first.
};

// Which plays these events came from, whichever of them is told.
template <class Event>
[[nodiscard]] host::PlaySet plays_of(const Kept<Event>& entry) {
    return entry.plays | host::Host::plays_of(entry.event.id);
}

}  // namespace twinstorm::agent
