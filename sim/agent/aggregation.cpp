#include "agent/aggregation.h"

#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {
namespace {

using host::Direction;
using host::FileEvent;
using host::FlowEvent;
using host::ProcessEvent;

bool is_legacy(Family family) {
    return family == Family::kLegacyC || family == Family::kLegacyCs;
}

Identity identity_of(const ProcessEvent& event) {
    const std::uint64_t ends = event.change == host::ProcessChange::kExit ? 1 : 0;
    // Of an end, the exit status counts as well.
    return {std::uint64_t{event.program} << 16 | event.user, ends << 8 | event.exit_status};
}

Identity identity_of(const FlowEvent& event, std::uint64_t kind) {
    return {std::uint64_t{event.local_address} << 32 | event.remote_address,
            (std::uint64_t{event.local_port} << 16 | event.remote_port) << 16 | kind};
}

Identity micro_identity(const FlowEvent& event, host::Protocol protocol) {
    return identity_of(event, static_cast<std::uint64_t>(protocol));
}

// A kind of connection is one program of one user, in one direction, over one protocol.
Identity legacy_identity(const FlowEvent& bare) {
    return identity_of(bare, bare.connection);
}

// What of an event counts, for an agent that forgets the side of a connection that does not listen.
FlowEvent without_chance(FlowEvent event, Direction direction) {
    event.process_id = 0;
    (direction == Direction::kIn ? event.remote_port : event.local_port) = 0;
    return event;
}

ProcessEvent without_ids(ProcessEvent event) {
    event.process_id = 0;
    event.parent_process_id = 0;
    return event;
}

}  // namespace

// Only the agent in C sends the zeros, too; the one in C# tells of the first event as it was.
void aggregate(Family family, const CacheRule& rule, std::span<const ProcessEvent> events,
               EventCache<ProcessEvent>& cache) {
    cache.begin(rule.capacity, rule.when_full, events.size());
    for (const ProcessEvent& event : events) {
        cache.add(family == Family::kLegacyC ? without_ids(event) : event, 1, identity_of(event));
    }
}

void aggregate(Family family, const CacheRule& rule, std::span<const FlowEvent> events,
               EventCache<FlowEvent>& cache) {
    cache.begin(rule.capacity, rule.when_full, events.size());
    const auto& connections = host::catalogue().connections;
    for (const FlowEvent& event : events) {
        const host::Connection& connection = connections[event.connection];
        if (!is_legacy(family)) {
            cache.add(event, event.packets, micro_identity(event, connection.protocol));
            continue;
        }
        const FlowEvent bare = without_chance(event, connection.direction);
        cache.add(family == Family::kLegacyC ? bare : event, 1, legacy_identity(bare));
    }
}

void aggregate(const CacheRule& rule, std::span<const FileEvent> events,
               EventCache<FileEvent>& cache) {
    cache.begin(rule.capacity, rule.when_full, events.size());
    for (const FileEvent& event : events) {
        cache.add(event, 1, {event.path, static_cast<std::uint64_t>(event.change)});
    }
}

}  // namespace twinstorm::agent
