// Decides whether a run's numbers can be stood behind, and says why not in sentences.
//
// Rule:   only what the harness itself did wrong makes a run invalid; a slow hub never does.
#pragma once

#include "twinstorm/plan/plan.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::run {

inline constexpr double kLoopLagInvalidUs = 20'000;  // p99 of a worker's deadlines.
inline constexpr double kLoopLagWarningUs = 5'000;
inline constexpr double kOfferedShareMin = 0.99;     // Of what the plan asks for.
inline constexpr double kBusyCpuShare = 0.95;        // Of one core: a worker has no reserve.
inline constexpr double kBusySecondsShareMax = 0.1;  // Of the measured seconds.
inline constexpr double kStealShareWarning = 0.05;   // Time that the host took from this machine.

struct HarnessFacts {
    double messages_expected = 0;  // Of open loads, over the time that they were on.
    double updates_expected = 0;   // Of rated updates.
    double steal_share = 0;
    std::uint32_t never_ready = 0;  // Devices that had not read their twin when the load began.
};

[[nodiscard]] stats::Validity judge_validity(const stats::RunResult& result, const plan::Plan& plan,
                                             const HarnessFacts& facts);

}  // namespace twinstorm::run
