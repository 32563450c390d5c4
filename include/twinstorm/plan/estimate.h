// What a plan will take, before its first packet: files, ports, memory, time, messages.
//
// Use:    `check` prints it; `run` refuses a plan that this machine cannot carry (kExhausted).
// Units:  in the names. Sizes are estimates from measured unit costs, files and ports are exact.
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
    std::uint32_t source_addresses = 1;  // Loopback addresses to spread over, for ports.
    double connect_s = 0;                // At the plan's own rate.
    double connect_at_tier_s = 0;        // At the tier's limit.
    double load_s = 0;                   // Sum of the other phases' lengths, at most.
    double messages_per_s = 0;           // Security messages of the whole fleet, open load only.
    double messages_per_day = 0;         // Billed, at this rate all day.
    double quota_share = 0;          // Of the tier's daily messages; 0 when the tier is unknown.
    double run_messages = 0;         // Billed by this run, open load and twins: at least.
    std::vector<std::string> notes;  // Limits of the tier that the plan goes over, in sentences.
};

struct MachineLimits {
    std::uint64_t files = 0;         // For each process. 0: not known, so not judged.
    std::uint64_t memory_bytes = 0;  // Still available. 0: not known, so not judged.
    std::uint32_t ports_per_address = 28'000;
};

[[nodiscard]] Estimate estimate(const Plan& plan);
// Everything that this machine lacks, one sentence each with what would do; empty when it fits.
[[nodiscard]] std::vector<std::string> shortages(const Estimate& estimate,
                                                 const MachineLimits& machine);
[[nodiscard]] std::string format(const Plan& plan, const Estimate& estimate);  // For `check`.

}  // namespace twinstorm::plan
