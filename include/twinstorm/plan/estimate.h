// What a plan will take, before its first packet: files, ports, memory, cores, time, messages.
//
// Use:    `check` prints it; `run` refuses a plan that this machine cannot carry (kExhausted).
// Units:  in the names. Sizes and cores are estimates from measured unit costs, files and ports are
// exact.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "twinstorm/plan/plan.h"

namespace twinstorm::plan {

struct Estimate {
    std::uint64_t connections = 0;
    std::uint64_t files = 0;      // Of the fleet's process.
    std::uint64_t hub_files = 0;  // Of the embedded hub's process; 0 for a real hub.
    std::uint64_t memory_bytes = 0;
    double fleet_cores = 0;              // Busy in the busiest phase; closed loads not counted ...
    double hub_cores = 0;                // ... and of the embedded hub, at the same time.
    std::string busiest_phase;           // By cores. Empty: nothing to do.
    std::uint32_t source_addresses = 1;  // Loopback addresses to spread over, for ports.
    double connect_s = 0;                // At the plan's own rate.
    double connect_at_tier_s = 0;        // At the tier's limit.
    double load_s = 0;                   // Sum of the other phases' lengths, at most.
    double messages_per_s = 0;           // Of the whole fleet's open loads.
    double scheduled_per_day = 0;        // Messages that agents send by their own schedules.
    double messages_per_day = 0;         // Billed, at this rate all day, schedules included.
    double quota_share = 0;          // Of the tier's daily messages; 0 when the tier is unknown.
    double run_messages = 0;         // Billed by this run, loads, schedules, twins: at least.
    std::vector<std::string> notes;  // Limits of the tier that the plan goes over, in sentences.
};

struct MachineLimits {
    std::uint64_t files = 0;         // For each process. 0: not known, so not judged.
    std::uint64_t memory_bytes = 0;  // Still available. 0: not known, so not judged.
    std::uint32_t ports_per_address = 28'000;
    double cores = 0;  // That this process may use. 0: not known, so not judged.
};

[[nodiscard]] Estimate estimate(const Plan& plan);
// Everything that this machine lacks, one sentence each with what would do; empty when it fits.
// Cores differ: a plan that would need more than twice those there are is hopeless, one that would
// need more than there are is in doubt.
inline constexpr double kHopelessCores = 2;
[[nodiscard]] std::vector<std::string> shortages(const Estimate& estimate,
                                                 const MachineLimits& machine);
[[nodiscard]] std::vector<std::string> doubts(const Estimate& estimate,
                                              const MachineLimits& machine);
[[nodiscard]] std::string format(const Plan& plan, const Estimate& estimate);  // For `check`.

}  // namespace twinstorm::plan
