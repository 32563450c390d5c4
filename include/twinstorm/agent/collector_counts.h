// What became of each collector's events since its agent last sent statistics.
//
// Rules:  every event that happened to a collector is counted once, when it is collected: as sent,
//         or as dropped for one reason. Messages are counted apart: what is in one that never
//         left is nobody's event any more.
#pragma once

#include <array>
#include <cstdint>

#include "twinstorm/agent/configuration.h"

namespace twinstorm::agent {

struct EventCounts {
    std::uint32_t sent = 0;
    std::uint32_t cache_full = 0;
    std::uint32_t no_form = 0;  // In the encoding that this agent uses.

    [[nodiscard]] std::uint64_t dropped() const { return std::uint64_t{cache_full} + no_form; }
    [[nodiscard]] bool empty() const { return sent == 0 && dropped() == 0; }
};

struct CollectorCounts {
    std::array<EventCounts, kCollectorCount> events;
    std::uint32_t messages_sent = 0;
    std::uint32_t messages_under_4_kb = 0;
    std::uint32_t messages_failed = 0;  // Most: waited longer than IothubModule_MessageTimeout.

    std::uint64_t dropped_before = 0;  // In earlier cycles.

    [[nodiscard]] EventCounts& operator[](Collector collector) {
        return events[static_cast<std::size_t>(collector)];
    }
    [[nodiscard]] const EventCounts& operator[](Collector collector) const {
        return events[static_cast<std::size_t>(collector)];
    }
    [[nodiscard]] std::uint64_t dropped() const {  // Since the start.
        std::uint64_t sum = dropped_before;
        for (const EventCounts& counts : events) {
            sum += counts.dropped();
        }
        return sum;
    }
    void begin_cycle() {
        const std::uint64_t all = dropped();
        *this = {};
        dropped_before = all;
    }
};

}  // namespace twinstorm::agent
