// Keeps what a look found in the order of time, and within its limit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "twinstorm/host/event.h"
#include "twinstorm/host/host.h"

namespace twinstorm::host {

// Few and nearly in order: nothing beats plain insertion. Stable, so that a look's order among
// equal instants is the same however time is cut.
template <class Item, class Before>
void insertion_sort(Item* first, Item* last, Before before) {
    for (Item* next = first; next < last; ++next) {
        if (next == first || !before(*next, next[-1])) {
            continue;
        }
        const Item moved = *next;
        Item* hole = next;
        for (; hole > first && before(moved, hole[-1]); --hole) {
            *hole = hole[-1];
        }
        *hole = moved;
    }
}

template <class Event>
void sort_from(std::vector<Event>& events, std::size_t first) {
    insertion_sort(events.data() + first, events.data() + events.size(),
                   [](const Event& a, const Event& b) { return a.at < b.at; });
}

// Where each stream of Happenings ends.
using Marks = std::array<std::size_t, kStreamCount>;

[[nodiscard]] inline Marks ends_of(const Happenings& seen) {
    return {seen.processes.size(), seen.flows.size(),       seen.logins.size(),
            seen.files.size(),     seen.peripherals.size(), seen.logs.size()};
}

inline void sort_from(Happenings& seen, const Marks& marks) {
    sort_from(seen.processes, marks[0]);
    sort_from(seen.flows, marks[1]);
    sort_from(seen.logins, marks[2]);
    sort_from(seen.files, marks[3]);
    sort_from(seen.peripherals, marks[4]);
    sort_from(seen.logs, marks[5]);
}

// The expectation that bounds a look may be exceeded by a few events; the limit may not.
template <class Event>
void keep_newest(std::vector<Event>& events, std::size_t first, std::uint64_t& skipped) {
    if (events.size() - first > kEventsDrawnMax) {
        const std::size_t excess = events.size() - first - kEventsDrawnMax;
        const auto begin = events.begin() + static_cast<std::ptrdiff_t>(first);
        events.erase(begin, begin + static_cast<std::ptrdiff_t>(excess));
        skipped += excess;
    }
}

inline void keep_newest(Happenings& seen, const Marks& marks) {
    keep_newest(seen.processes, marks[0], seen.skipped[0]);
    keep_newest(seen.flows, marks[1], seen.skipped[1]);
    keep_newest(seen.logins, marks[2], seen.skipped[2]);
    keep_newest(seen.files, marks[3], seen.skipped[3]);
    keep_newest(seen.peripherals, marks[4], seen.skipped[4]);
    keep_newest(seen.logs, marks[5], seen.skipped[5]);
}

}  // namespace twinstorm::host
