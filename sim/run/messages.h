// What workers and the coordinator say to each other: values, posted from loop to loop.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::run {

inline constexpr std::size_t kErrorKindsMax =
    32;  // Different connection errors that are told apart.

// One second of one worker, or the rest of one at the end.
struct SecondReport {
    std::uint32_t second = 0;
    std::vector<stats::Recording> groups;  // By group, then one of the worker itself.
    std::uint32_t connected = 0;
    std::uint64_t in_flight = 0;
    Duration cpu_time{};  // Spent in this second.
    Duration length{};
};

// How far a worker is; sent a few times a second.
struct Progress {
    std::size_t phase = 0;  // That the worker is in.
    bool load_ended = false;
    std::uint32_t ready = 0;         // Devices that have read their twin, ever.
    std::uint64_t unanswered = 0;    // Security messages neither acknowledged nor failed.
    std::uint64_t updates_open = 0;  // Patches without an answer or without their confirmation.
    std::uint64_t rolled_out = 0;    // Devices that have confirmed this phase's roll-out.
    std::map<std::string, std::uint64_t> errors;  // Connection errors by sentence, since the start.
};

// What a worker counts at its devices when the run is over.
struct EndReport {
    std::uint64_t in_flight = 0;    // Security messages sent, without an answer.
    std::uint64_t waiting = 0;      // Security messages never sent.
    std::uint64_t pending = 0;      // Patches without an answer.
    std::uint64_t unconfirmed = 0;  // Patches accepted, not confirmed.
    std::vector<std::pair<iothub::IdentityName, std::uint64_t>> acked;
    std::map<std::size_t, stats::Histogram> rollouts;  // By phase: its start -> confirmed.
};

// A phase as a worker carries it out. Instants may lie ahead.
struct PhaseOrder {
    std::size_t phase = 0;
    TimePoint begin;
    bool measure = false;
    bool load = false;  // Security messages at the plan's own load.
};

}  // namespace twinstorm::run
