// What a micro agent's collectors put into messages at one instant, and how that is counted.
//
// Use:    once for each writer: snapshots(), then events().
// Rules:  `unsent_since` are the instants since which each of kEventCollectors has not sent; those
//         that are asked move to `at`.
// Owner:  the stack of one turn.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "agent/caches.h"
#include "agent/message_writer.h"
#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/collector_counts.h"
#include "twinstorm/agent/collector_set.h"
#include "twinstorm/agent/configuration.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

class Collection {
public:
    struct Place {
        const host::Host& host;
        const Configuration& configuration;
        CollectorCounts& counts;
        Workbench& bench;
    };

    Collection(const Place& place, MessageWriter& writer, TimePoint at)
        : place_(place), writer_(writer), at_(at) {}

    void snapshots(CollectorSet which);
    void events(CollectorSet which, std::span<TimePoint, kEventCollectors.size()> unsent_since);

private:
    void statistics();
    void queue_statistics();
    void baseline();
    void packages();
    void look(CollectorSet which, std::span<TimePoint, kEventCollectors.size()> unsent_since);
    void logins();
    void processes();
    void flows();
    void files();
    void peripherals();
    void log_lines();

    void begin(Collector collector);
    [[nodiscard]] bool watches(Collector collector) const;
    template <class Event>
    void write_cache(const EventCache<Event>& cache, EventCounts& counts);
    void count(Collector collector, bool sent);

    const Place& place_;
    MessageWriter& writer_;
    TimePoint at_;
};

// One row for each thing that a collector's cycle had to tell, the oldest collectors first; of
// more than `rows_max` the last ones.
inline constexpr std::size_t kStatisticsRowsMax = kCollectorCount * 3 + 1;

}  // namespace twinstorm::agent
