// Gates: expressions over a run's published names, `twin_update.round_trip.p99 < 500ms`.
//
// Forms:  {metric}.{min|mean|p50|p90|p99|p999|p9999|max} against a duration, .count against a
// number;
//         {counter} against a number; {counter}.rate against a rate; convergence as a metric;
//         playbooks.confirmed against a share.
//         Any percentile may be written: p75, p99, p99.9, p999.  Operators: < <= > >= ==.
// Rule:   a gate whose metric has no samples fails; so does one whose number only a mock hub knows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::plan {

enum class Comparison : std::uint8_t { kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kEqual };

struct Gate {
    std::string expression;
    std::string subject;  // Left side, as written.
    Comparison comparison = Comparison::kLess;
    double limit = 0;  // Microseconds, per second, a share, or a plain number.
    std::string unit;  // Unit as written, for people: `ms`.
};

// Errors: kInvalidArgument: an unknown name (with the nearest known one), operator or unit.
[[nodiscard]] Result<Gate> parse_gate(std::string_view expression);
[[nodiscard]] stats::GateResult evaluate(const Gate& gate, const stats::RunResult& result);

// Fills gates and verdict from what was measured; keeps `interrupted`, and `invalid` over `failed`.
void judge(const std::vector<Gate>& gates, stats::RunResult& result);

}  // namespace twinstorm::plan
