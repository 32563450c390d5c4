#include "report/key_numbers.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "report/fleet_text.h"
#include "report/numbers.h"

namespace twinstorm::report {
namespace {

using stats::Counter;
using stats::Metric;

// Several agents may live on one device; some may not be as they should be.
KeyNumber agents(const stats::RunResult& result) {
    std::uint64_t devices = 0;
    for (const stats::GroupResult& group : result.groups) {
        devices += group.devices;
    }
    const stats::IdentityCounts identities = identities_of(result);
    const std::uint64_t count = identities.all() > 0 ? identities.all() : devices;
    std::string fleet =
        count == devices ? std::string() : fmt::format("on {} devices; ", count_text(devices));
    if (const std::string states = states_text(identities); !states.empty()) {
        fleet += states + "; ";
    }
    const stats::Counts& counts = result.totals.counts;
    const std::uint64_t refused = counts[Counter::kConnectionRefused];
    const std::string refusals =
        refused > 0 ? fmt::format(", {} refused", count_text(refused)) : std::string();
    return {"Agents", count_text(count),
            fmt::format("{}{} connections opened, {} dropped{}", fleet,
                        count_text(counts[Counter::kConnectionOpened]),
                        count_text(counts[Counter::kConnectionDropped]), refusals)};
}

KeyNumber latency(const stats::Recording& totals, Metric metric, std::string_view label) {
    const stats::Histogram& samples = totals[metric];
    if (samples.empty()) {
        return {std::string(label), std::string(kNone), "nothing measured"};
    }
    return {
        std::string(label), quantile_text(samples, 0.99),
        fmt::format("p50 {}, max {}", quantile_text(samples, 0.5), quantile_text(samples, 1.0))};
}

// The slowest roll-out speaks for all of them.
KeyNumber convergence(const stats::RunResult& result) {
    double slowest_s = 0;
    for (const stats::ConvergenceCurve& curve : result.convergence) {
        const auto all = second_at_share(curve, 1.0);
        if (!all) {
            const double share = curve.agents == 0 ? 0
                                                   : static_cast<double>(curve.confirmed) /
                                                         static_cast<double>(curve.agents);
            return {"Roll-out not finished", share_text(share),
                    fmt::format("{} of {} agents confirmed", count_text(curve.confirmed),
                                count_text(curve.agents))};
        }
        slowest_s = std::max(slowest_s, *all);
    }
    const stats::ConvergenceCurve& first = result.convergence.front();
    if (result.convergence.size() > 1) {
        return {"Roll-outs complete within", seconds_text(slowest_s),
                fmt::format("the slowest of {}", result.convergence.size())};
    }
    return {"Roll-out complete", seconds_text(slowest_s),
            fmt::format("half of {} agents after {}", count_text(first.agents),
                        seconds_text(second_at_share(first, 0.5).value_or(0)))};
}

KeyNumber throughput(const stats::RunResult& result) {
    const stats::Counts& measured = result.totals.measured;
    if (result.measured_s <= 0) {
        return {"Security messages", std::string(kNone), "nothing measured"};
    }
    return {"Security messages",
            rate_text(measured[Counter::kSecurityMessageAcked], result.measured_s),
            fmt::format("acknowledged; {} offered",
                        rate_text(measured[Counter::kSecurityMessageOffered], result.measured_s))};
}

KeyNumber losses(const stats::RunResult& result) {
    const stats::MessageLedger& ledger = result.messages;
    if (!ledger.lost) {
        return {"Messages failed", count_text(ledger.failed),
                fmt::format("of {} offered; losses are unknown on a real hub",
                            count_text(ledger.offered))};
    }
    return {"Messages lost", count_text(*ledger.lost),
            fmt::format("of {} acknowledged; {} failed", count_text(ledger.acked),
                        count_text(ledger.failed))};
}

}  // namespace

std::vector<KeyNumber> key_numbers(const stats::RunResult& result) {
    std::vector<KeyNumber> numbers{
        agents(result),
        latency(result.totals, Metric::kTwinUpdateRoundTrip, "Twin round trip, p99"),
        throughput(result),
        latency(result.totals, Metric::kSecurityMessageAck, "Message ack, p99"),
        losses(result),
    };
    if (!result.convergence.empty()) {
        numbers.insert(numbers.begin() + 2, convergence(result));
    }
    return numbers;
}

}  // namespace twinstorm::report
