// Prints what a result.json says, one `name value` a line, for the scripts beside it.

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "twinstorm/base/units.h"
#include "twinstorm/stats/run_result.h"

namespace {

using twinstorm::stats::Counter;
using twinstorm::stats::Metric;
using twinstorm::stats::RunResult;

std::string shown(const std::optional<std::uint64_t>& number) {
    return number ? std::to_string(*number) : "unknown";
}

std::string_view yes_or_no(bool value) {
    return value ? "yes" : "no";
}

void print_ledgers(const RunResult& result) {
    const auto& messages = result.messages;
    fmt::print("messages.balanced {}\n", yes_or_no(messages.balanced()));
    fmt::print("messages.offered {}\n", messages.offered);
    fmt::print("messages.acked {}\n", messages.acked);
    fmt::print("messages.failed {}\n", messages.failed);
    fmt::print("messages.in_flight {}\n", messages.in_flight);
    fmt::print("messages.unsent {}\n", messages.unsent);
    fmt::print("messages.hub_received {}\n", shown(messages.hub_received));
    fmt::print("messages.lost {}\n", shown(messages.lost));
    const auto& twins = result.twins;
    fmt::print("twins.balanced {}\n", yes_or_no(twins.balanced()));
    fmt::print("twins.offered {}\n", twins.offered);
    fmt::print("twins.accepted {}\n", twins.accepted);
    fmt::print("twins.confirmed {}\n", twins.confirmed);
}

void print_numbers(const RunResult& result) {
    for (std::size_t index = 0; index < twinstorm::stats::kCounterCount; ++index) {
        const auto counter = static_cast<Counter>(index);
        fmt::print("counter.{} {}\n", name(counter), result.totals.counts[counter]);
    }
    for (std::size_t index = 0; index < twinstorm::stats::kMetricCount; ++index) {
        const auto metric = static_cast<Metric>(index);
        const auto& histogram = result.totals[metric];
        fmt::print("metric.{}.count {}\n", name(metric), histogram.count());
        fmt::print("metric.{}.p50_us {}\n", name(metric), histogram.value_at(0.5));
        fmt::print("metric.{}.max_us {}\n", name(metric), histogram.max());
    }
}

std::uint64_t slowest_second_us(const RunResult& result) {
    std::uint64_t slowest = 0;
    for (const auto& row : result.timeline) {
        const auto& ack = row.latencies[static_cast<std::size_t>(Metric::kSecurityMessageAck)];
        slowest = ack ? std::max(slowest, ack->max_us) : slowest;
    }
    return slowest;
}

void print_memory(const RunResult& result) {
    for (const char* const name : {"fleet.memory_max", "hub.memory_max"}) {
        const auto fact = result.environment.find(name);
        if (fact == result.environment.end()) {
            continue;
        }
        std::string text = fact->second;
        std::erase(text, ' ');
        if (const auto bytes = twinstorm::parse_size(text)) {
            fmt::print("environment.{}_bytes {}\n", name, *bytes);
        }
    }
}

// In whole percent and microseconds, which the scripts can compare.
void print_harness(const RunResult& result) {
    if (!result.harness) {
        return;
    }
    double wait = 0;
    double cpu = 0;
    double cpu_s = 0;
    double hub_s = 0;
    for (const auto& worker : result.harness->workers) {
        wait = std::max(wait, worker.wait_share_max);
        cpu = std::max(cpu, worker.cpu_share);
        cpu_s += worker.cpu_s;
    }
    for (const auto& row : result.timeline) {
        hub_s += row.hub_cpu_share.value_or(0);  // Each row is a second.
    }
    fmt::print("harness.fleet_cpu_us {:.0f}\n", cpu_s * 1e6);
    fmt::print("harness.hub_cpu_us {:.0f}\n", hub_s * 1e6);
    print_memory(result);
    fmt::print("harness.workers {}\n", result.harness->workers.size());
    fmt::print("harness.cpu_percent {:.0f}\n", cpu * 100);
    fmt::print("harness.wait_share_max_percent {:.0f}\n", wait * 100);
    fmt::print("harness.coordinator_us_max {}\n", result.harness->coordinator_us_max);
}

void print_facts(const RunResult& result) {
    fmt::print("verdict {}\n", name(result.verdict));
    fmt::print("seed {}\n", result.seed);
    fmt::print("gates {}\n", result.gates.size());
    fmt::print("valid {}\n", yes_or_no(result.validity.valid));
    for (const std::string& reason : result.validity.reasons) {
        fmt::print("reason {}\n", reason);
    }
    for (const std::string& warning : result.validity.warnings) {
        fmt::print("warning {}\n", warning);
    }
    fmt::print("timeline.rows {}\n", result.timeline.size());
    fmt::print("timeline.ack_max_us {}\n", slowest_second_us(result));
    for (const auto& curve : result.convergence) {
        fmt::print("convergence.{} {}/{}\n", curve.phase, curve.confirmed, curve.agents);
    }
    print_harness(result);
    print_ledgers(result);
    print_numbers(result);
}

}  // namespace

int main(int argc, char** argv) {
    std::ifstream file(argc == 2 ? argv[1] : "");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto result = twinstorm::stats::read_json(text);
    if (!result) {
        fmt::print(stderr, "result_facts: {}\n", result.error().message());
        return 1;
    }
    print_facts(*result);
    return 0;
}
