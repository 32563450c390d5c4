// What the page's charts draw, as JSON: a few hundred numbers, never the raw samples.
//
// Layout: {seconds, lossless, phases: [[name, from, to, measured]], columns: {name: [..] or one
//         number for all}, percentiles: {name: [latency_ms..]}, convergence: [{phase, agents,
//         seconds, confirmed, marks}]}. Percentile i stands for the share 1 - 10^(-i/15).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

// A stretch of rows with one name: what a chart shades as a band.
struct PhaseSpan {
    std::string name;
    std::uint32_t begin_s = 0;
    std::uint32_t end_s = 0;
    bool measured = false;
};
[[nodiscard]] std::vector<PhaseSpan> phase_spans(const stats::RunResult& result);

[[nodiscard]] std::string page_data(const stats::RunResult& result);

}  // namespace twinstorm::report
