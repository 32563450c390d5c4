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
        return std::ranges::any_of(group.roles, [&group](const plan::Role& role) {
            return std::holds_alternative<plan::ClosedLoad>(group.load_of(role));
        });
    });
}

// `tick_us`: what a fleet that is paced on a tick may be late by its scenario's wish.
void check_loop_lag(const stats::RunResult& result, double tick_us, stats::Validity& validity) {
    const stats::Histogram& lag = result.totals[Metric::kLoopLag];
    const std::uint64_t p99 = lag.value_at(0.99);
    if (static_cast<double>(p99) > kLoopLagInvalidUs + tick_us) {
        validity.reasons.push_back(fmt::format(
            "the workers served 1 % of their deadlines more than {} late (at most {} is "
            "tolerated): "
            "the fleet itself was too slow or was stopped",
            microseconds(p99),
            microseconds(static_cast<std::uint64_t>(kLoopLagInvalidUs + tick_us))));
    } else if (static_cast<double>(p99) > kLoopLagWarningUs + tick_us) {
        validity.warnings.push_back(
            fmt::format("the workers served 1 % of their deadlines more than {} late; small "
                        "latencies are blurred",
                        microseconds(p99)));
    }
}

// The second in which the workers were latest, for a reader who looks at the timeline.
std::string second_of_stop(const stats::RunResult& result) {
    const stats::TimelineRow* worst = nullptr;
    std::uint64_t worst_us = 0;
    for (const stats::TimelineRow& row : result.timeline) {
        const auto& lag = row.latencies[static_cast<std::size_t>(Metric::kLoopLag)];
        if (lag && lag->max_us > worst_us) {
            worst = &row;
            worst_us = lag->max_us;
        }
    }
    return worst == nullptr ? std::string() : fmt::format(", in second {}", worst->second);
}

void check_stops(const stats::RunResult& result, stats::Validity& validity) {
    const std::uint64_t longest = result.totals[Metric::kLoopLag].max();
    if (static_cast<double>(longest) > kStopInvalidUs) {
        validity.reasons.push_back(fmt::format(
            "a worker stood still for {}{} (at most {} is tolerated): what came from the hub "
            "meanwhile cannot be told from what came late",
            microseconds(longest), second_of_stop(result),
            microseconds(static_cast<std::uint64_t>(kStopInvalidUs))));
    } else if (static_cast<double>(longest) > kStopWarningUs) {
        validity.warnings.push_back(
            fmt::format("a worker stood still for {}{}; the largest latencies may be its own",
                        microseconds(longest), second_of_stop(result)));
    }
}

void check_receiving(const stats::RunResult& result, stats::Validity& validity) {
    const std::uint64_t p99 = result.totals[Metric::kReceiveLag].value_at(0.99);
    if (static_cast<double>(p99) > kReceiveLagInvalidUs) {
        validity.reasons.push_back(fmt::format(
            "1 % of what the hub sent lay in our receive buffers for more than {} (at most {} is "
            "tolerated): the fleet read too slowly",
            microseconds(p99), microseconds(static_cast<std::uint64_t>(kReceiveLagInvalidUs))));
    }
    const std::uint64_t full = result.totals.measured[Counter::kReceiveBufferFull];
    if (full > 0) {
        validity.reasons.push_back(
            fmt::format("a receive buffer was found full {} times: the fleet read so slowly that "
                        "the hub could not send",
                        format_count(static_cast<double>(full))));
    }
}

// Lateness alone is no fault of ours: agents wait for a hub that leaves 16 messages unanswered.
void check_lateness(const stats::RunResult& result, stats::Validity& validity) {
    const std::uint64_t lateness = result.totals[Metric::kSecurityMessageLateness].value_at(0.99);
    const std::uint64_t lag = result.totals[Metric::kLoopLag].value_at(0.99);
    if (static_cast<double>(lateness) > kLatenessWarningUs &&
        static_cast<double>(lag) <= kLoopLagWarningUs) {
        validity.warnings.push_back(
            fmt::format("1 % of the messages left more than {} late although the workers were on "
                        "time: they waited for the hub, and their latency counts that",
                        microseconds(lateness)));
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
    if (!result.telemetry.balanced()) {
        validity.reasons.push_back(
            "the ledger of telemetry does not add up: this is a bug in twinstorm");
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

void check_starvation(const stats::RunResult& result, stats::Validity& validity) {
    std::size_t measured = 0;
    std::size_t starved = 0;
    for (const stats::TimelineRow& row : result.timeline) {
        measured += row.measured ? 1 : 0;
        starved += row.measured && row.fleet_wait_share >= kWaitShareInvalid ? 1 : 0;
    }
    if (static_cast<double>(starved) > kBusySecondsShareMax * static_cast<double>(measured)) {
        validity.reasons.push_back(fmt::format(
            "a worker waited for a core for {:.0f} % of the time or more in {} of {} measured "
            "seconds: something else ran where the fleet should",
            kWaitShareInvalid * 100, starved, measured));
    }
}

// What only the live world has: its machine and its main loop.
void check_machine(const stats::HarnessCost& cost, std::uint64_t longest_stop_us,
                   stats::Validity& validity) {
    // Where the whole process stood still, the workers have said so.
    const bool alone = longest_stop_us < cost.coordinator_us_max / 2;
    if (alone && static_cast<double>(cost.coordinator_us_max) > kCoordinatorInvalidUs) {
        validity.reasons.push_back(fmt::format(
            "the main loop stood still for {} (at most {} is tolerated), so phases did not begin "
            "and end as planned: was the output or the disk it is written to too slow?",
            microseconds(cost.coordinator_us_max),
            microseconds(static_cast<std::uint64_t>(kCoordinatorInvalidUs))));
    }
    double waited = 0;
    for (const stats::HarnessCost::Worker& worker : cost.workers) {
        waited = std::max(waited, worker.wait_share);
    }
    if (waited > kWaitShareWarning) {
        validity.warnings.push_back(
            fmt::format("a worker waited for a core for {:.0f} % of the run", waited * 100));
    }
    if (cost.steal_share > kStealShareWarning) {
        validity.warnings.push_back(
            fmt::format("the host took {:.0f} % of this machine's CPU time for others",
                        cost.steal_share * 100));
    }
    if (cost.page_faults > 0) {
        validity.warnings.push_back(fmt::format(
            "the fleet waited {} times for its own memory to come from a disk; was memory short?",
            format_count(static_cast<double>(cost.page_faults))));
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
    const stats::MessageLedger& telemetry = result.telemetry;
    warn(telemetry.failed + telemetry.in_flight + telemetry.unsent, telemetry.offered,
         "plain messages were never acknowledged");
    const stats::TwinLedger& twins = result.twins;
    warn(twins.failed + twins.pending + twins.unconfirmed, twins.offered,
         "twin updates were never confirmed");
}

}  // namespace

stats::Validity judge_validity(const stats::RunResult& result, const plan::Plan& plan,
                               const HarnessFacts& facts) {
    stats::Validity validity;
    const double tick_us = to_seconds(plan.tick.value_or(Duration::zero())) * 1e6;
    check_loop_lag(result, tick_us, validity);
    check_stops(result, validity);
    check_receiving(result, validity);
    check_lateness(result, validity);
    check_starvation(result, validity);
    const stats::Counts& counts = result.totals.counts;
    check_offered(static_cast<double>(counts[Counter::kSecurityMessageOffered] +
                                      counts[Counter::kTelemetryOffered]),
                  facts.messages_expected, "messages", validity);
    check_offered(static_cast<double>(result.totals.counts[Counter::kTwinUpdateOffered]),
                  facts.updates_expected, "twin updates", validity);
    check_cpu(result, closed_load(plan), validity);
    if (plan.tick && result.harness) {
        validity.warnings.push_back(
            fmt::format("the fleet sent and read on a tick of {}: each latency contains up to two "
                        "of them",
                        format_duration(*plan.tick)));
    }
    check_ledger(result, validity);
    check_answers(result, validity);
    if (facts.never_ready > 0) {
        validity.warnings.push_back(
            fmt::format("{} of {} agents were not connected when the load began",
                        format_count(facts.never_ready), format_count(facts.expected_ready)));
    }
    if (result.harness) {
        check_machine(*result.harness, result.totals[Metric::kLoopLag].max(), validity);
    }
    validity.valid = validity.reasons.empty();
    return validity;
}

}  // namespace twinstorm::run
