// Decides whether a run's numbers can be stood behind, and says why not in sentences.
//
// Rule:   only what the harness itself did wrong makes a run invalid; a slow hub never does.
#pragma once

#include "twinstorm/plan/plan.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::run {

// Workers have an even beat, so 1 % of their deadlines is 1 % of the time.
inline constexpr double kLoopLagInvalidUs = 20'000;  // p99 of a worker's deadlines.
inline constexpr double kLoopLagWarningUs = 5'000;
// In a long run a single stop hides behind p99, yet it spoils p99.9 and the maximum.
inline constexpr double kStopInvalidUs = 500'000;
inline constexpr double kStopWarningUs = 100'000;
inline constexpr double kReceiveLagInvalidUs = 20'000;  // p99 of what waits in receive buffers.
inline constexpr double kWaitShareInvalid = 0.25;       // Of a second: ready, but without a core.
inline constexpr double kWaitShareWarning = 0.05;       // Of a run.
inline constexpr double kCoordinatorInvalidUs = 500'000;
inline constexpr double kLatenessWarningUs = 20'000;  // p99, while the loops are on time.
inline constexpr double kOfferedShareMin = 0.99;      // Of what the plan asks for.
inline constexpr double kBusyCpuShare = 0.95;         // Of one core: a worker has no reserve.
inline constexpr double kBusySecondsShareMax = 0.1;   // Of the measured seconds.
inline constexpr double kStealShareWarning = 0.05;    // Time that the host took from this machine.

struct HarnessFacts {
    double messages_expected = 0;      // Of open loads, over the time that they were on.
    double updates_expected = 0;       // Of rated updates.
    std::uint32_t never_ready = 0;     // Identities that were not ready when the load began ...
    std::uint32_t expected_ready = 0;  // ... of so many.
};

[[nodiscard]] stats::Validity judge_validity(const stats::RunResult& result, const plan::Plan& plan,
                                             const HarnessFacts& facts);

}  // namespace twinstorm::run
