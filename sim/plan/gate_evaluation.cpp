#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "plan/gate_subject.h"
#include "twinstorm/base/check.h"
#include "twinstorm/base/units.h"
#include "twinstorm/plan/gate.h"

namespace twinstorm::plan {
namespace {

using stats::Metric;
using stats::RunResult;

// A number, or in words why there is none.
using Measured = tl::expected<double, std::string>;

constexpr std::string_view kNoSamples = "no samples";
constexpr std::string_view kMockOnly = "only a mock hub can tell";

tl::unexpected<std::string> missing(std::string_view why) {
    return tl::unexpected<std::string>(std::string(why));
}

Measured known_to_mock(const std::optional<std::uint64_t>& number, const RunResult& result) {
    if (!number) {
        return missing(kMockOnly);
    }
    if (result.messages.offered == 0) {
        return missing(kNoSamples);  // Nothing sent, nothing lost: that proves nothing.
    }
    return static_cast<double>(*number);
}

Measured measure(const CountSubject& subject, const RunResult& result) {
    if (subject.counter == stats::Counter::kSecurityMessageLost) {
        return known_to_mock(result.messages.lost, result);
    }
    if (subject.counter == stats::Counter::kSecurityMessageDuplicated) {
        return known_to_mock(result.messages.hub_duplicated, result);
    }
    if (is_throttle(subject.counter) && !result.limits) {
        return missing(kMockOnly);
    }
    if (!subject.rate) {
        return static_cast<double>(result.totals.counts[subject.counter]);
    }
    if (!(result.measured_s > 0)) {
        return missing("no measured phase");
    }
    return static_cast<double>(result.totals.measured[subject.counter]) / result.measured_s;
}

Measured measure(const LatencySubject& subject, const stats::Histogram& histogram) {
    if (histogram.empty()) {
        return missing(kNoSamples);
    }
    switch (subject.statistic) {
        case Statistic::kMin:
            return static_cast<double>(histogram.min());
        case Statistic::kMean:
            return histogram.mean();
        case Statistic::kMax:
            return static_cast<double>(histogram.max());
        case Statistic::kCount:
            return static_cast<double>(histogram.count());
        case Statistic::kPercentile:
            return static_cast<double>(histogram.value_at(subject.quantile));
    }
    TWINSTORM_CHECK(false);
}

// A roll-out in a phase that is not measured has no samples, so its agents are not waited for.
bool is_measured(const stats::ConvergenceCurve& curve, const RunResult& result) {
    const auto& rows = result.timeline;
    const auto in_phase = [&](const stats::TimelineRow& row) { return row.phase == curve.phase; };
    return std::none_of(rows.begin(), rows.end(), in_phase) ||
           std::any_of(rows.begin(), rows.end(), [&](const stats::TimelineRow& row) {
               return in_phase(row) && row.measured;
           });
}

// All agents that a roll-out was to reach, whether they have confirmed it or not.
std::uint64_t agents_expected(const RunResult& result) {
    std::uint64_t agents = 0;
    for (const stats::ConvergenceCurve& curve : result.convergence) {
        agents += is_measured(curve, result) ? curve.agents : 0;
    }
    return std::max(agents, result.totals[Metric::kConvergence].count());
}

// The rank-th smallest value, rank from 1.
double value_of_rank(const stats::Histogram& histogram, std::uint64_t rank) {
    double found = 0;
    std::uint64_t seen = 0;
    histogram.for_each_bucket([&](std::uint64_t value, std::uint64_t count) {
        if (seen < rank) {
            found = static_cast<double>(value);
        }
        seen += count;
    });
    return std::min(found, static_cast<double>(histogram.max()));
}

// An agent that never confirmed takes for ever: percentiles are over the whole fleet, and one that
// lies among the agents still waiting has no value.
Measured measure_convergence(const LatencySubject& subject, const RunResult& result) {
    const stats::Histogram& histogram = result.totals[Metric::kConvergence];
    const std::uint64_t agents = agents_expected(result);
    const std::uint64_t confirmed = histogram.count();
    const bool first_or_count =
        subject.statistic == Statistic::kMin || subject.statistic == Statistic::kCount;
    if (agents == 0 || (confirmed > 0 && first_or_count)) {
        return measure(subject, histogram);
    }
    const bool percentile = subject.statistic == Statistic::kPercentile;
    // A ten-thousandth of an agent below: 0.99 * 1000 may come out a little over 990.
    constexpr double kRounding = 1e-4;
    const std::uint64_t rank =
        percentile ? std::max<std::uint64_t>(
                         1, static_cast<std::uint64_t>(std::ceil(
                                subject.quantile * static_cast<double>(agents) - kRounding)))
                   : agents;
    if (confirmed < rank) {
        return missing(fmt::format("not converged: {} of {} agents confirmed, and {} needs {}",
                                   confirmed, agents, subject.statistic_name, rank));
    }
    return percentile ? Measured(value_of_rank(histogram, rank)) : measure(subject, histogram);
}

Measured measure_playbooks(const RunResult& result) {
    if (result.playbooks.empty()) {
        return missing(kNoSamples);
    }
    const auto nowhere =
        std::ranges::find(result.playbooks, std::uint64_t{0}, &stats::PlaybookResult::devices);
    if (nowhere != result.playbooks.end()) {
        return missing(fmt::format("{} was played nowhere", nowhere->playbook));
    }
    const std::optional<double> share = stats::confirmed_share(result.playbooks);
    return share ? Measured(*share) : missing(kMockOnly);
}

Measured measure(const Subject& subject, const RunResult& result) {
    if (std::holds_alternative<PlaybookSubject>(subject)) {
        return measure_playbooks(result);
    }
    if (const auto* count = std::get_if<CountSubject>(&subject)) {
        return measure(*count, result);
    }
    const LatencySubject& latency = std::get<LatencySubject>(subject);
    return latency.metric == Metric::kConvergence ? measure_convergence(latency, result)
                                                  : measure(latency, result.totals[latency.metric]);
}

bool holds(double actual, Comparison comparison, double limit) {
    switch (comparison) {
        case Comparison::kLess:
            return actual < limit;
        case Comparison::kLessOrEqual:
            return actual <= limit;
        case Comparison::kGreater:
            return actual > limit;
        case Comparison::kGreaterOrEqual:
            return actual >= limit;
        case Comparison::kEqual:
            return actual == limit;
    }
    TWINSTORM_CHECK(false);
}

// How much of what the run counts in is one of the unit that the limit was written in.
double unit_factor(std::string_view unit) {
    const std::string one = "1" + std::string(unit);
    if (unit.starts_with('/')) {
        return parse_rate(one).value();
    }
    if (unit.empty()) {
        return 1;
    }
    if (unit == "%") {
        return parse_share(one).value();
    }
    return std::chrono::duration<double, std::micro>(parse_duration(one).value()).count();
}

}  // namespace

stats::GateResult evaluate(const Gate& gate, const RunResult& result) {
    const Result<Subject> subject = parse_subject(gate.subject);
    TWINSTORM_CHECK(subject.has_value());  // parse_gate() made it.
    const double factor = unit_factor(gate.unit);
    stats::GateResult outcome;
    outcome.expression = gate.expression;
    outcome.metric = gate.subject;
    outcome.limit = gate.limit / factor;
    outcome.unit = gate.unit;
    const Measured measured = measure(*subject, result);
    if (!measured) {
        outcome.why = measured.error();
        return outcome;
    }
    outcome.actual = *measured / factor;
    outcome.passed = holds(*measured, gate.comparison, gate.limit);
    return outcome;
}

void judge(const std::vector<Gate>& gates, RunResult& result) {
    result.gates.clear();
    for (const Gate& gate : gates) {
        result.gates.push_back(evaluate(gate, result));
    }
    const bool invalid = result.verdict == stats::Verdict::kInvalid || !result.validity.valid;
    const bool passed = std::all_of(result.gates.begin(), result.gates.end(),
                                    [](const stats::GateResult& gate) { return gate.passed; });
    if (result.verdict == stats::Verdict::kInterrupted) {
        return;
    }
    if (invalid) {
        result.verdict = stats::Verdict::kInvalid;
    } else {
        result.verdict = passed ? stats::Verdict::kPassed : stats::Verdict::kFailed;
    }
}

}  // namespace twinstorm::plan
