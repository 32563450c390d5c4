// One collector's events since it last sent, aggregated: an equal event only raises the hit count.
//
// Rules:  a full cache drops its oldest entry. Entries are read oldest first.
// Owner:  the stack of one turn: it is filled and written within one call, and never allocates.
#pragma once

#include <algorithm>
#include <cstddef>

#include <boost/container/static_vector.hpp>

#include "agent/event.h"
#include "twinstorm/agent/configuration.h"

namespace twinstorm::agent {

// The documented default of the twin's cache sizes. The twin may ask for less; for more there
// would be no room in a message.
inline constexpr std::size_t kCacheEntriesMax = 256;
// Not documented for logins; this holds days of people coming and going.
inline constexpr std::size_t kLoginEntriesMax = 64;

template <class Event, std::size_t kEntriesMax>
class EventCache {
public:
    explicit EventCache(std::size_t capacity) : capacity_(std::min(capacity, kEntriesMax)) {}

    void add(const Event& event) {
        for (Event& kept : entries_) {
            if (absorb(kept, event)) {
                return;
            }
        }
        if (entries_.size() < capacity_) {
            entries_.push_back(event);
            return;
        }
        entries_[oldest_] = event;
        oldest_ = (oldest_ + 1) % capacity_;
        ++dropped_;
    }

    void keep_newest(std::size_t count) {
        if (count < size()) {
            dropped_ += size() - count;
            skipped_ = entries_.size() - count;
        }
    }

    [[nodiscard]] std::size_t size() const { return entries_.size() - skipped_; }
    [[nodiscard]] std::size_t dropped() const { return dropped_; }
    [[nodiscard]] const Event& operator[](std::size_t i) const {
        return entries_[(oldest_ + skipped_ + i) % entries_.size()];
    }

private:
    std::size_t capacity_;
    std::size_t oldest_ = 0;
    std::size_t skipped_ = 0;
    std::size_t dropped_ = 0;
    boost::container::static_vector<Event, kEntriesMax> entries_;
};

struct GatheredEvents {
    explicit GatheredEvents(const Configuration& configuration)
        : processes(configuration.process_cache_size),
          flows(configuration.network_cache_size),
          logins(kLoginEntriesMax) {}

    [[nodiscard]] bool empty() const {
        return processes.size() == 0 && flows.size() == 0 && logins.size() == 0;
    }
    [[nodiscard]] std::size_t dropped() const {
        return processes.dropped() + flows.dropped() + logins.dropped();
    }

    EventCache<ProcessEvent, kCacheEntriesMax> processes;
    EventCache<FlowEvent, kCacheEntriesMax> flows;
    EventCache<LoginEvent, kLoginEntriesMax> logins;
};

}  // namespace twinstorm::agent
