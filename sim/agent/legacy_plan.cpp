#include "agent/legacy_plan.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "agent/caches.h"
#include "agent/legacy_rhythm.h"

namespace twinstorm::agent {
namespace {

constexpr std::int32_t kLookAheadMax = 3'600;
constexpr std::size_t kEntryBytesMax = 800;  // Of an event that comes by itself.

constexpr std::array kPlainSources{LegacyEvent::kLogin, LegacyEvent::kDiagnostic,
                                   LegacyEvent::kProcessCreate, LegacyEvent::kProcessTerminate,
                                   LegacyEvent::kConnectionCreate};

std::int32_t round_up(std::int32_t second, std::int32_t tick) {
    return (second + tick - 1) / tick * tick;
}

// When what happens at `at` is in the queue.
std::int32_t queued_at(TimePoint at, const LegacyPlace& place) {
    const auto second = std::chrono::floor<std::chrono::seconds>(at - place.start).count() + 1;
    return round_up(static_cast<std::int32_t>(second), kLegacyCollectTick);
}

template <class Event>
void add_instants(const std::vector<Event>& events, std::vector<TimePoint>& instants) {
    for (const Event& event : events) {
        instants.push_back(event.at);
    }
}

// The instants of what comes by itself, before `until`; of the high queue alone, or of both.
void look_ahead(std::int32_t until, bool high_only, const LegacyQueues& queues,
                const LegacyPlace& place) {
    auto& instants = place.bench.caches->instants;
    instants.clear();
    for (const LegacyEvent event : kPlainSources) {
        const Backlog& backlog = queues[event];
        const bool counts = !high_only || queues.queue_of(event) == SendPriority::kHigh;
        if (!backlog.on() || !backlog.plain() || !counts) {
            continue;
        }
        LegacyContent content(place, event);
        const std::size_t entries = content.load({backlog.open_since(), until, false, 0});
        const host::Happenings& seen = place.bench.seen;
        if (entries > 0) {
            add_instants(seen.logins, instants);
            add_instants(seen.logs, instants);
            add_instants(seen.processes, instants);
            add_instants(seen.flows, instants);
        }
    }
    std::ranges::sort(instants);
}

}  // namespace

std::int32_t next_wake(std::int32_t now, const LegacyTimers& timers, const LegacyQueues& queues,
                       const LegacyPlace& place) {
    const std::int32_t boundary =
        std::min({queues.next_end(), timers.low_fires, now + kLookAheadMax});
    std::int32_t wake = round_up(std::max(boundary, now + 1), timers.tick);
    // The first firing of the high timer that finds something.
    if (!queues.empty(SendPriority::kHigh)) {
        wake = std::min(wake, timers.high_fires);
    } else if (look_ahead(wake, true, queues, place); !place.bench.caches->instants.empty()) {
        const std::int32_t queued = queued_at(place.bench.caches->instants.front(), place);
        const std::int32_t late = std::max(queued - timers.high_fires, 0);
        wake = std::min(wake, timers.high_fires + round_up(late, timers.high_period));
    }
    // The first tick at which more may have come than one message holds.
    look_ahead(wake, false, queues, place);
    const auto& instants = place.bench.caches->instants;
    const std::size_t room = place.message_bytes_max() -
                             std::min<std::uint64_t>(queues.bytes(), place.message_bytes_max());
    const std::size_t fits = room / kEntryBytesMax;
    if (instants.size() > fits) {
        wake = std::min(wake, round_up(queued_at(instants[fits], place), timers.tick));
    }
    return std::max(wake, now + timers.tick);
}

}  // namespace twinstorm::agent
