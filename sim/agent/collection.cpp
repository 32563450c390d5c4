#include "agent/collection.h"

#include <algorithm>
#include <string_view>

#include <boost/container/static_vector.hpp>

#include "agent/aggregation.h"
#include "agent/stream_of.h"

namespace twinstorm::agent {
namespace {

using Rows = boost::container::static_vector<CollectorStatistics, kStatisticsRowsMax>;

void add_row(Rows& rows, std::string_view collector, std::string_view what, std::uint64_t hits) {
    if (hits > 0) {
        rows.push_back({collector, what, hits});
    }
}

Rows rows_of(CollectorCounts& counts) {
    Rows rows;
    for (const Collector collector : kAllCollectors) {
        const EventCounts& events = counts[collector];
        add_row(rows, name(collector), "sent", events.sent);
        add_row(rows, name(collector), "dropped: cache full", events.cache_full);
        add_row(rows, name(collector), "dropped: no form in this encoding", events.no_form);
    }
    add_row(rows, "IothubModule", "dropped: message timeout", counts.messages_failed);
    return rows;
}

}  // namespace

void Collection::snapshots(CollectorSet which) {
    if (which.has(Collector::kStatistics)) {
        statistics();
    }
    if (which.has(Collector::kSystemInformation)) {
        begin(Collector::kSystemInformation);
        const HardwareOverrides& told = place_.configuration.overrides;
        count(Collector::kSystemInformation,
              writer_.add_system_information(
                  at_, {told.hardware_vendor, told.hardware_model, told.hardware_serial_number,
                        told.firmware_vendor, told.firmware_version}));
    }
    if (which.has(Collector::kHeartbeat)) {
        begin(Collector::kHeartbeat);
        count(Collector::kHeartbeat, writer_.add_heartbeat(at_));
    }
    if (which.has(Collector::kBaseline)) {
        baseline();
    }
    if (which.has(Collector::kSbom)) {
        packages();
    }
}

void Collection::begin(Collector collector) {
    const auto priority = static_cast<std::size_t>(place_.configuration[collector].frequency);
    writer_.collected_every(place_.configuration.interval_minutes[priority] * 60);
}

// Of the cycle that ends here. An encoding without rows for collectors gets the same counts in the
// two forms that schema 1.0 has for them.
void Collection::statistics() {
    Rows rows = rows_of(place_.counts);
    if (rows.empty() && place_.counts.messages_sent == 0) {
        return;  // The first cycle: nothing was counted yet.
    }
    const std::size_t kept =
        std::min<std::size_t>(rows.size(), place_.configuration.statistics_cache_size);
    const std::size_t dropped = rows.size() - kept;
    const auto newest = std::span<const CollectorStatistics>(rows).last(kept);
    const bool written = kept > 0 && writer_.add(at_, newest);
    if (!written) {
        queue_statistics();
    }
    place_.counts.begin_cycle();
    place_.counts[Collector::kStatistics].sent = 1;
    place_.counts[Collector::kStatistics].cache_full =
        written ? static_cast<std::uint32_t>(dropped) : 0;
}

void Collection::queue_statistics() {
    std::array<QueueStatistics, 2> queues{{{true, 0, 0}, {false, 0, 0}}};
    for (const Collector collector : kAllCollectors) {
        const EventCounts& events = place_.counts[collector];
        const bool high = place_.configuration[collector].frequency == Priority::kHigh;
        QueueStatistics& queue = queues[high ? 0 : 1];
        queue.collected += events.sent + events.dropped();
        queue.dropped += events.dropped();
    }
    const bool queues_written = writer_.add(at_, queues);
    const bool messages_written = writer_.add(
        at_, MessageStatistics{place_.counts.messages_sent, place_.counts.messages_under_4_kb,
                               place_.counts.messages_failed});
    static_cast<void>(queues_written && messages_written);  // FlatBuffers knows neither.
}

void Collection::baseline() {
    begin(Collector::kBaseline);
    auto& findings = place_.bench.caches->findings;
    findings.clear();
    place_.host.checks(at_, findings);
    std::erase_if(findings, [this](const host::CheckFinding& finding) {
        return place_.configuration.checks_disabled[finding.check];
    });
    if (!findings.empty()) {
        count(Collector::kBaseline, writer_.add_baseline(at_, findings));
    }
}

void Collection::packages() {
    auto& indexes = place_.bench.caches->indexes;
    indexes.clear();
    place_.host.packages(at_, indexes);
    count(Collector::kSbom, writer_.add_packages(at_, indexes));
}

void Collection::count(Collector collector, bool sent) {
    ++(sent ? place_.counts[collector].sent : place_.counts[collector].no_form);
}

void Collection::events(CollectorSet which,
                        std::span<TimePoint, kEventCollectors.size()> unsent_since) {
    look(which, unsent_since);
    for (const Collector collector : kEventCollectors) {
        const auto stream = static_cast<std::size_t>(stream_of(collector));
        place_.counts[collector].cache_full +=
            static_cast<std::uint32_t>(place_.bench.seen.skipped[stream]);
    }
    logins();
    processes();
    flows();
    files();
    peripherals();
    log_lines();
}

bool Collection::watches(Collector collector) const {
    switch (collector) {
        case Collector::kNetworkActivity:
            return place_.configuration.captures_eth0;
        case Collector::kFileSystem:
            return place_.configuration.paths_watched.any();
        default:
            return true;
    }
}

// Streams that were last asked at the same instant are asked together: they are drawn together.
void Collection::look(CollectorSet which,
                      std::span<TimePoint, kEventCollectors.size()> unsent_since) {
    place_.bench.seen.clear();
    std::array<bool, kEventCollectors.size()> asked{};
    for (std::size_t i = 0; i < kEventCollectors.size(); ++i) {
        if (!which.has(kEventCollectors[i]) || asked[i]) {
            continue;
        }
        const TimePoint from = unsent_since[i];
        host::StreamSet streams;
        for (std::size_t other = i; other < kEventCollectors.size(); ++other) {
            const Collector collector = kEventCollectors[other];
            if (which.has(collector) && unsent_since[other] == from && !asked[other]) {
                asked[other] = true;
                unsent_since[other] = std::max(unsent_since[other], at_);
                if (watches(collector)) {
                    streams.add(stream_of(collector));
                }
            }
        }
        if (!streams.empty() && from < at_) {
            place_.host.look(streams, from, at_, place_.bench.seen);
        }
    }
}

template <class Event>
void Collection::write_cache(const EventCache<Event>& cache, EventCounts& counts) {
    counts.cache_full += static_cast<std::uint32_t>(cache.dropped());
    for (std::size_t i = 0; i < cache.size(); ++i) {
        (writer_.add(cache[i]) ? counts.sent : counts.no_form) += cache.events(i);
    }
}

void Collection::logins() {
    for (const host::LoginEvent& login : place_.bench.seen.logins) {
        count(Collector::kLogin, writer_.add(alone(login)));
    }
}

void Collection::processes() {
    begin(Collector::kProcess);
    auto& cache = place_.bench.caches->processes;
    aggregate(Family::kMicroLinux, {place_.configuration.process_cache_size},
              place_.bench.seen.processes, cache);
    write_cache(cache, place_.counts[Collector::kProcess]);
}

void Collection::flows() {
    auto& cache = place_.bench.caches->flows;
    aggregate(Family::kMicroLinux, {place_.configuration.network_cache_size},
              place_.bench.seen.flows, cache);
    if (cache.size() > 0) {
        begin(Collector::kNetworkActivity);
        writer_.begin_flows(at_);
        write_cache(cache, place_.counts[Collector::kNetworkActivity]);
        writer_.end_flows();
    }
}

void Collection::files() {
    auto& seen = place_.bench.seen.files;
    std::erase_if(seen, [this](const host::FileEvent& event) {
        return !place_.configuration.paths_watched[event.path];
    });
    auto& cache = place_.bench.caches->files;
    aggregate({place_.configuration.file_system_cache_size}, seen, cache);
    write_cache(cache, place_.counts[Collector::kFileSystem]);
}

// Each connection and disconnection is told by itself; the oldest give way.
void Collection::peripherals() {
    const std::span<const host::PeripheralEvent> seen = place_.bench.seen.peripherals;
    const std::size_t kept =
        std::min<std::size_t>(seen.size(), place_.configuration.peripheral_cache_size);
    place_.counts[Collector::kPeripheral].cache_full +=
        static_cast<std::uint32_t>(seen.size() - kept);
    for (const host::PeripheralEvent& event : seen.last(kept)) {
        count(Collector::kPeripheral, writer_.add(alone(event)));
    }
}

void Collection::log_lines() {
    begin(Collector::kLogCollector);
    for (const host::LogEvent& line : place_.bench.seen.logs) {
        count(Collector::kLogCollector, writer_.add(line));
    }
}

}  // namespace twinstorm::agent
