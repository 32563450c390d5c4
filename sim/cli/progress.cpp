#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "twinstorm/base/units.h"

namespace twinstorm::cli {
namespace {

using stats::Counter;
using stats::Metric;

std::string latency(const std::optional<stats::TimelineRow::Latency>& values) {
    return values ? format_duration(std::chrono::microseconds(values->p99_us)) : "-";
}

std::string microseconds(double value) {
    return format_duration(Duration(static_cast<std::int64_t>(value * 1000)));
}

void print_metric(const stats::RunResult& result, Metric metric) {
    const stats::Histogram& histogram = result.totals[metric];
    if (histogram.empty()) {
        return;
    }
    fmt::print("  {:<28} {:>12} {:>10} {:>10} {:>10} {:>10}\n", stats::name(metric),
               format_count(static_cast<double>(histogram.count())),
               microseconds(static_cast<double>(histogram.value_at(0.5))),
               microseconds(static_cast<double>(histogram.value_at(0.99))),
               microseconds(static_cast<double>(histogram.value_at(0.999))),
               microseconds(static_cast<double>(histogram.max())));
}

// What the harness itself took, in a line; its own delays stand among the metrics.
void print_harness(const stats::RunResult& result) {
    if (!result.harness) {
        return;
    }
    const stats::HarnessCost& cost = *result.harness;
    stats::HarnessCost::Worker worst;
    for (const stats::HarnessCost::Worker& worker : cost.workers) {
        worst.cpu_share = std::max(worst.cpu_share, worker.cpu_share);
        worst.wait_share = std::max(worst.wait_share, worker.wait_share);
    }
    fmt::print(
        "  harness: {} worker(s), {:.0f}% of a core the busiest, {:.1f}% of the run without a "
        "core; main loop {} late at most; the host took {:.1f}%\n\n",
        cost.workers.size(), worst.cpu_share * 100, worst.wait_share * 100,
        microseconds(static_cast<double>(cost.coordinator_us_max)), cost.steal_share * 100);
}

std::string shown(const stats::GateResult& gate) {
    if (!gate.actual) {
        return gate.why;
    }
    return fmt::format("{:.6g}{}", *gate.actual, gate.unit);
}

}  // namespace

Progress::Progress(Style style) : style_(style), terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    clear_line();
}

void Progress::clear_line() {
    if (line_open_) {
        fmt::print(stderr, "\r\033[K");
        line_open_ = false;
    }
}

void Progress::note(std::string_view text) {
    if (style_ == Style::kNone) {
        return;
    }
    clear_line();
    fmt::print(stderr, "{}\n", text);
}

void Progress::second(const stats::TimelineRow& row) {
    if (style_ != Style::kSeconds) {
        return;
    }
    clear_line();
    const auto at = [&row](Metric metric) {
        return row.latencies[static_cast<std::size_t>(metric)];
    };
    // Fits into 80 columns, so that a terminal can rewrite it.
    const std::string line = fmt::format(
        "{:>4}s {:<9.9} {:>5} up | {:>6}/s acked p99 {:>6} | {:>4}/s twins p99 {:>6} | cpu "
        "{:>3.0f}%",
        row.second, row.phase, row.connected, row.counts[Counter::kSecurityMessageAcked],
        latency(at(Metric::kSecurityMessageAck)), row.counts[Counter::kTwinUpdateConfirmed],
        latency(at(Metric::kTwinUpdateRoundTrip)), row.fleet_cpu_share * 100);
    if (terminal_) {
        fmt::print(stderr, "{}", line);
        line_open_ = true;
    } else {
        fmt::print(stderr, "{}\n", line);
    }
    std::fflush(stderr);
}

void print_summary(const stats::RunResult& result) {
    fmt::print("\n{}: {}\n\n", result.name, stats::name(result.verdict));
    fmt::print("  {:<28} {:>12} {:>10} {:>10} {:>10} {:>10}\n", "", "count", "p50", "p99", "p99.9",
               "max");
    for (std::size_t metric = 0; metric < stats::kMetricCount; ++metric) {
        print_metric(result, static_cast<Metric>(metric));
    }
    const stats::MessageLedger& ledger = result.messages;
    fmt::print(
        "\n  security messages: {} offered = {} acknowledged + {} failed + {} in flight + {} "
        "unsent",
        ledger.offered, ledger.acked, ledger.failed, ledger.in_flight, ledger.unsent);
    if (ledger.lost) {
        fmt::print("; the hub received {}, lost {}, duplicated {}", *ledger.hub_received,
                   *ledger.lost, *ledger.hub_duplicated);
    }
    const stats::MessageLedger& plain = result.telemetry;
    if (plain.offered > 0) {
        fmt::print(
            "\n  telemetry: {} offered = {} acknowledged + {} failed + {} in flight + {} unsent",
            plain.offered, plain.acked, plain.failed, plain.in_flight, plain.unsent);
    }
    fmt::print(
        "\n  twin updates: {} offered = {} accepted + {} throttled + {} failed + {} pending; {} "
        "confirmed\n\n",
        result.twins.offered, result.twins.accepted, result.twins.throttled, result.twins.failed,
        result.twins.pending, result.twins.confirmed);
    print_harness(result);
    for (const stats::GateResult& gate : result.gates) {
        fmt::print("  {}  {:<44} {}\n", gate.passed ? "pass" : "FAIL", gate.expression,
                   shown(gate));
    }
    for (const std::string& reason : result.validity.reasons) {
        fmt::print("  INVALID: {}\n", reason);
    }
    for (const std::string& warning : result.validity.warnings) {
        fmt::print("  note: {}\n", warning);
    }
}

}  // namespace twinstorm::cli
