// A collector's cache between two messages: equal events become one entry with a hit count.
//
// Use:    begin() with a capacity; add() each event with its identity; read the entries in the
//         order in which their first events happened.
// Rules:  of a full cache either the oldest entry gives way (the micro agent on Linux), or no new
//         one begins (the micro agent on an RTOS). What that drops is counted, event by event.
// Cost:   an index of open addressing: no entry is looked for by walking. Nothing is allocated
//         once warm.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/kept.h"
#include "twinstorm/base/check.h"
#include "twinstorm/host/event.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

// What makes two events equal, by the rules of the agent that gathers them.
struct Identity {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
};

enum class WhenFull : std::uint8_t { kDropOldest, kDropNew };

inline constexpr std::size_t kCacheEntriesMax = 8192;

template <class Event>
class EventCache {
public:
    // `expected`: how many events will be added at most.
    void begin(std::size_t capacity, WhenFull when_full, std::size_t expected) {
        capacity_ = std::min({std::max<std::size_t>(capacity, 1), kCacheEntriesMax,
                              std::max<std::size_t>(expected, 1)});
        when_full_ = when_full;
        oldest_ = 0;
        dropped_ = 0;
        entries_.clear();
        slots_.assign(std::bit_ceil(capacity_ * 2), kEmpty);
    }

    void add(const Event& event, std::uint32_t hits, const Identity& identity) {
        std::size_t slot = home(identity);
        for (; slots_[slot] != kEmpty; slot = after(slot)) {
            Entry& entry = entries_[slots_[slot]];
            if (entry.identity == identity) {
                entry.kept.hit_count += hits;
                entry.kept.last = event.at;
                entry.kept.plays |= host::Host::plays_of(event.id);
                ++entry.events;
                absorb(entry.kept.event, event);
                return;
            }
        }
        if (entries_.size() < capacity_) {
            slots_[slot] = static_cast<std::uint16_t>(entries_.size());
            entries_.push_back({{event, event.at, hits, true}, identity, 1});
        } else if (when_full_ == WhenFull::kDropNew) {
            ++dropped_;
        } else {
            replace_oldest(event, hits, identity);
        }
    }

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] const Kept<Event>& operator[](std::size_t i) const { return at(i).kept; }
    [[nodiscard]] std::uint32_t events(std::size_t i) const { return at(i).events; }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }  // Events.

private:
    struct Entry {
        Kept<Event> kept;
        Identity identity;
        std::uint32_t events = 0;
    };
    static constexpr std::uint16_t kEmpty = 0xffff;

    // Only flows have something to add up.
    static void absorb(host::FlowEvent& kept, const host::FlowEvent& event) {
        kept.bytes_in += event.bytes_in;
        kept.bytes_out += event.bytes_out;
    }
    template <class Other>
    static void absorb(Other&, const Other&) {}

    [[nodiscard]] const Entry& at(std::size_t i) const {
        TWINSTORM_CHECK(i < entries_.size());
        const std::size_t place = oldest_ + i;
        return entries_[place < entries_.size() ? place : place - entries_.size()];
    }

    [[nodiscard]] std::size_t home(const Identity& identity) const {
        std::uint64_t hash = (identity.first ^ (identity.second * 0x9e3779b97f4a7c15));
        hash = (hash ^ (hash >> 29)) * 0xbf58476d1ce4e5b9;
        return (hash ^ (hash >> 32)) & (slots_.size() - 1);
    }
    [[nodiscard]] std::size_t after(std::size_t slot) const {
        return (slot + 1) & (slots_.size() - 1);
    }

    void replace_oldest(const Event& event, std::uint32_t hits, const Identity& identity) {
        dropped_ += entries_[oldest_].events;
        forget(oldest_);
        std::size_t slot = home(identity);
        while (slots_[slot] != kEmpty) {
            slot = after(slot);
        }
        slots_[slot] = static_cast<std::uint16_t>(oldest_);
        entries_[oldest_] = {
            {event, event.at, hits, true, host::Host::plays_of(event.id)}, identity, 1};
        oldest_ = oldest_ + 1 == capacity_ ? 0 : oldest_ + 1;
    }

    // Takes an entry out of the index, and closes the gap that it leaves there.
    void forget(std::size_t entry) {
        std::size_t gap = home(entries_[entry].identity);
        while (slots_[gap] != entry) {
            gap = after(gap);
        }
        for (std::size_t slot = after(gap); slots_[slot] != kEmpty; slot = after(slot)) {
            const std::size_t wish = home(entries_[slots_[slot]].identity);
            const std::size_t mask = slots_.size() - 1;
            if (((slot - wish) & mask) >= ((slot - gap) & mask)) {
                slots_[gap] = slots_[slot];
                gap = slot;
            }
        }
        slots_[gap] = kEmpty;
    }

    std::size_t capacity_ = 0;
    WhenFull when_full_ = WhenFull::kDropOldest;
    std::size_t oldest_ = 0;
    std::uint64_t dropped_ = 0;
    std::vector<Entry> entries_;
    std::vector<std::uint16_t> slots_;
};

}  // namespace twinstorm::agent
