// Devices and whole days of what happens on them, for the tests of this module.
#pragma once

#include <chrono>
#include <cstdint>

#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/host.h"

namespace twinstorm::host {

inline constexpr StreamSet kAllStreams{Stream::kProcesses, Stream::kFlows,       Stream::kLogins,
                                       Stream::kFiles,     Stream::kPeripherals, Stream::kLogs};
inline constexpr WallAnchor kAnchor{kVirtualEpoch};

[[nodiscard]] inline Host device(Kind kind, std::uint64_t number = 1) {
    return Host("gw-00001", derive(number, name(kind)), kind, kAnchor);
}

// An instant at which an hour of the device begins: no activity is cut there.
[[nodiscard]] inline TimePoint hour_start(const Host& host, std::int64_t hour) {
    // The virtual epoch is a full hour; zones may be off by half of one.
    const std::int64_t into = (host.profile().zone_minutes % 60 + 60) % 60;
    return kRunStart + std::chrono::hours(hour + 1) - std::chrono::minutes(into);
}

[[nodiscard]] inline Happenings look(const Host& host, StreamSet streams, TimePoint from,
                                     TimePoint until) {
    Happenings seen;
    host.look(streams, from, until, seen);
    return seen;
}

template <class Visitor>
void for_each_stream(const Happenings& seen, Visitor&& visit) {
    visit(seen.processes);
    visit(seen.flows);
    visit(seen.logins);
    visit(seen.files);
    visit(seen.peripherals);
    visit(seen.logs);
}

[[nodiscard]] inline std::size_t count(const Happenings& seen) {
    std::size_t sum = 0;
    for_each_stream(seen, [&](const auto& events) { sum += events.size(); });
    return sum;
}

}  // namespace twinstorm::host
