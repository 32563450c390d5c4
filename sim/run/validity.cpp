#include "run/validity.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "twinstorm/base/units.h"

namespace twinstorm::run {
namespace {

using stats::Counter;
using stats::Metric;

std::string microseconds(std::uint64_t value) {
    return format_duration(std::chrono::microseconds(value));
}

bool closed_load(const plan::Plan& plan) {
    return std::ranges::any_of(plan.groups, [](const plan::Group& group) {
        return std::holds_alternative<plan::ClosedLoad>(group.security_messages);
    });
}

void check_loop_lag(const stats::RunResult& result, stats::Validity& validity) {
    const stats::Histogram& lag = result.totals[Metric::kLoopLag];
    const std::uint64_t p99 = lag.value_at(0.99);
    if (static_cast<double>(p99) > kLoopLagInvalidUs) {
        validity.reasons.push_back(fmt::format(
            "the workers served 1 % of their deadlines more than {} late (at most {} is "
            "tolerated): "
            "the fleet itself was too slow or was stopped",
            microseconds(p99), microseconds(static_cast<std::uint64_t>(kLoopLagInvalidUs))));
    } else if (static_cast<double>(p99) > kLoopLagWarningUs) {
        validity.warnings.push_back(
            fmt::format("the workers served 1 % of their deadlines more than {} late; small "
                        "latencies are blurred",
                        microseconds(p99)));
    }
}

void check_offered(double offered, double expected, std::string_view what,
                   stats::Validity& validity) {
    // Poisson arrivals scatter: five standard deviations are allowed beside the share.
    const double allowance =
        expected * (1 - kOfferedShareMin) + 5 * std::sqrt(std::max(expected, 0.0));
    if (offered < expected - allowance) {
        validity.reasons.push_back(
            fmt::format("the fleet offered {} {} where the plan asks for {}: the generator did not "
                        "keep its schedule",
                        format_count(offered), what, format_count(expected)));
    }
}

void check_cpu(const stats::RunResult& result, bool closed, stats::Validity& validity) {
    std::size_t measured = 0;
    std::size_t busy = 0;
    std::size_t hub_busy = 0;
    for (const stats::TimelineRow& row : result.timeline) {
        measured += row.measured ? 1 : 0;
        busy += row.measured && row.fleet_cpu_share >= kBusyCpuShare ? 1 : 0;
        hub_busy += row.measured && row.hub_cpu_share.value_or(0) >= kBusyCpuShare ? 1 : 0;
    }
    const double limit = kBusySecondsShareMax * static_cast<double>(measured);
    if (static_cast<double>(busy) > limit) {
        const std::string sentence = fmt::format(
            "a worker used a whole core in {} of {} measured seconds: the fleet was saturated",
            busy, measured);
        // A closed load is as fast as its slower end, so here it is a fact and not a fault.
        (closed ? validity.warnings : validity.reasons).push_back(sentence);
    }
    if (static_cast<double>(hub_busy) > limit) {
        validity.warnings.push_back(
            fmt::format("the mock hub used a whole core in {} of {} measured seconds: the numbers "
                        "say what the mock can do, not what a real hub would",
                        hub_busy, measured));
    }
}

void check_ledger(const stats::RunResult& result, stats::Validity& validity) {
    if (!result.messages.balanced()) {
        validity.reasons.push_back(
            "the ledger of security messages does not add up: this is a bug in twinstorm");
    }
    if (!result.twins.balanced()) {
        validity.reasons.push_back(
            "the ledger of twin updates does not add up: this is a bug in twinstorm");
    }
    for (std::size_t metric = 0; metric < stats::kMetricCount; ++metric) {
        if (result.totals.histograms[metric].clamped() > 0) {
            validity.reasons.push_back(fmt::format("{} holds values above its largest, a day",
                                                   stats::name(static_cast<Metric>(metric))));
        }
    }
}

// Percentiles know only what was answered: say how much was not.
void check_answers(const stats::RunResult& result, stats::Validity& validity) {
    const auto warn = [&validity](std::uint64_t missing, std::uint64_t offered,
                                  std::string_view what) {
        if (missing > 0) {
            validity.warnings.push_back(fmt::format(
                "{} of {} {}; the percentiles leave them out, so they are better than the truth",
                format_count(static_cast<double>(missing)),
                format_count(static_cast<double>(offered)), what));
        }
    };
    const stats::MessageLedger& messages = result.messages;
    warn(messages.failed + messages.in_flight + messages.unsent, messages.offered,
         "security messages were never acknowledged");
    const stats::TwinLedger& twins = result.twins;
    warn(twins.failed + twins.pending + twins.unconfirmed, twins.offered,
         "twin updates were never confirmed");
}

}  // namespace

stats::Validity judge_validity(const stats::RunResult& result, const plan::Plan& plan,
                               const HarnessFacts& facts) {
    stats::Validity validity;
    check_loop_lag(result, validity);
    check_offered(static_cast<double>(result.totals.counts[Counter::kSecurityMessageOffered]),
                  facts.messages_expected, "security messages", validity);
    check_offered(static_cast<double>(result.totals.counts[Counter::kTwinUpdateOffered]),
                  facts.updates_expected, "twin updates", validity);
    check_cpu(result, closed_load(plan), validity);
    check_ledger(result, validity);
    check_answers(result, validity);
    if (facts.never_ready > 0) {
        validity.warnings.push_back(
            fmt::format("{} of {} devices were not connected when the load began",
                        format_count(facts.never_ready), format_count(plan.device_count())));
    }
    if (facts.steal_share > kStealShareWarning) {
        validity.warnings.push_back(
            fmt::format("the host took {:.0f} % of this machine's CPU time for others",
                        facts.steal_share * 100));
    }
    validity.valid = validity.reasons.empty();
    return validity;
}

}  // namespace twinstorm::run
