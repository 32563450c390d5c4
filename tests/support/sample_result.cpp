// Past 300 lines because a result has many fields, and a test result should leave none empty.
#include "support/sample_result.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"

namespace twinstorm::test {
namespace {

using stats::Counter;
using stats::Metric;
using stats::TimelineRow;

constexpr std::uint64_t kSeed = 7;
constexpr std::uint32_t kStall_s = 21;  // The second in which the hub stood still.

// Skewed to the right, as latencies are: most near the floor, a few far out.
std::uint64_t latency_us(Random& random, double floor_us, double spread_us) {
    const double tail = random.unit() < 0.01 ? 6 : 1;
    return static_cast<std::uint64_t>(floor_us + random.exponential() * spread_us * tail);
}

void fill(stats::Recording& recording, Metric metric, std::uint64_t count, double floor_us,
          double spread_us) {
    Random random(derive(kSeed, stats::name(metric)));
    for (std::uint64_t sample = 0; sample < count; ++sample) {
        recording[metric].record(latency_us(random, floor_us, spread_us));
    }
}

void fill_latencies(stats::Recording& recording, std::uint64_t share) {
    fill(recording, Metric::kConnect, 1'010 / share, 9'000, 12'000);
    fill(recording, Metric::kReconnect, 12 / share + 1, 90'000, 400'000);
    fill(recording, Metric::kTwinGet, 1'010 / share, 900, 1'400);
    fill(recording, Metric::kTwinUpdateAccept, 3'010 / share, 2'100, 3'000);
    fill(recording, Metric::kTwinUpdateDelivery, 3'010 / share, 3'400, 5'000);
    fill(recording, Metric::kTwinUpdateRoundTrip, 3'010 / share, 6'800, 9'000);
    fill(recording, Metric::kTwinReport, 3'010 / share, 1'500, 2'200);
    fill(recording, Metric::kSecurityMessageAck, 60'000 / share, 700, 1'900);
    fill(recording, Metric::kSecurityMessageService, 60'000 / share, 600, 1'500);
    fill(recording, Metric::kSecurityMessageLateness, 60'000 / share, 0, 90);
    fill(recording, Metric::kLoopLag, 8'000 / share, 0, 60);
}

void fill_counts(stats::Recording& recording) {
    stats::Counts& counts = recording.counts;
    counts[Counter::kSecurityMessageOffered] = 70'512;
    counts[Counter::kSecurityMessageSent] = 70'500;
    counts[Counter::kSecurityMessageAcked] = 70'478;
    counts[Counter::kSecurityMessageFailed] = 4;
    counts[Counter::kSecurityMessageDuplicated] = 3;
    counts[Counter::kSecurityMessageBytes] = 74'235'000;
    counts[Counter::kSecurityMessageBilled] = 70'500;
    counts[Counter::kTwinUpdateOffered] = 3'018;
    counts[Counter::kTwinUpdateAccepted] = 3'012;
    counts[Counter::kTwinUpdateDelivered] = 3'011;
    counts[Counter::kTwinUpdateConfirmed] = 3'010;
    counts[Counter::kTwinUpdateThrottled] = 5;
    counts[Counter::kConnectionOpened] = 1'022;
    counts[Counter::kConnectionDropped] = 12;
    counts[Counter::kConnectionReconnected] = 12;
    recording.measured = counts;
    recording.measured[Counter::kSecurityMessageOffered] = 60'004;
    recording.measured[Counter::kSecurityMessageSent] = 60'002;
    recording.measured[Counter::kSecurityMessageAcked] = 59'996;
}

stats::GateResult gate(std::string metric, std::string_view relation, double actual, double limit,
                       std::string unit) {
    const std::string number = std::to_string(static_cast<int>(limit));
    stats::GateResult result;
    result.expression = metric + " " + std::string(relation) + " " + number + unit;
    result.metric = std::move(metric);
    result.actual = actual;
    result.limit = limit;
    result.unit = std::move(unit);
    result.passed = true;
    return result;
}

struct PhaseAt {
    std::string_view name;
    bool measured;
    double load;  // Of the steady rate.
};

PhaseAt phase_at(std::uint32_t second, std::uint32_t seconds) {
    if (second < 5) {
        return {"connect", false, 0.1 + 0.18 * second};
    }
    if (second < 10) {
        return {"warm-up", false, 1};
    }
    return {second < seconds - 10 ? "steady" : "rollout", true, 1};
}

TimelineRow::Latency row_latency(Random& random, double p50_us, double stretch) {
    TimelineRow::Latency latency;
    latency.p50_us = static_cast<std::uint64_t>(p50_us * stretch * (0.95 + 0.1 * random.unit()));
    latency.p99_us = static_cast<std::uint64_t>(p50_us * stretch * (4 + random.unit()));
    latency.max_us = static_cast<std::uint64_t>(p50_us * stretch * (9 + 8 * random.unit()));
    return latency;
}

void fill_row_counts(TimelineRow& row, Random& random, const PhaseAt& phase, bool stalled) {
    const double noise = 1 + 0.04 * (random.unit() - 0.5);
    const auto offered = static_cast<std::uint64_t>(2'000 * phase.load * noise);
    row.counts[Counter::kSecurityMessageOffered] = offered;
    row.counts[Counter::kSecurityMessageSent] = offered;
    row.counts[Counter::kSecurityMessageAcked] = stalled ? 61 : offered;
    if (phase.measured) {
        const bool rollout = phase.name == "rollout";
        row.counts[Counter::kTwinUpdateOffered] = rollout ? 101 : 100;
        row.counts[Counter::kTwinUpdateConfirmed] = stalled ? 2 : 100;
        row.counts[Counter::kTwinUpdateThrottled] = rollout && row.second % 4 == 1 ? 2 : 0;
    }
    row.counts[Counter::kConnectionDropped] = row.second == kStall_s + 1 ? 12 : 0;
}

TimelineRow timeline_row(std::uint32_t second, std::uint32_t seconds) {
    Random random(derive(kSeed, second));
    const PhaseAt phase = phase_at(second, seconds);
    const bool stalled = second == kStall_s;
    const double stretch = stalled ? 40 : 1;
    TimelineRow row;
    row.second = second;
    row.phase = phase.name;
    row.measured = phase.measured;
    row.connected = second < 5 ? 202 * (second + 1) : second == kStall_s + 1 ? 998 : 1'010;
    row.in_flight = stalled ? 1'930 : 4 + random.below(9);
    fill_row_counts(row, random, phase, stalled);
    row.latencies[static_cast<std::size_t>(Metric::kSecurityMessageAck)] =
        row_latency(random, 1'900, stretch);
    if (phase.measured) {
        row.latencies[static_cast<std::size_t>(Metric::kTwinUpdateRoundTrip)] =
            row_latency(random, 11'000, stretch);
    }
    row.fleet_cpu_share = 0.08 + 0.3 * phase.load + 0.05 * random.unit();
    row.hub_cpu_share = stalled ? 0.01 : 0.1 + 0.42 * phase.load + 0.06 * random.unit();
    row.fleet_wait_share = row.fleet_cpu_share / 50;
    return row;
}

void fill_timeline(stats::RunResult& result, std::uint32_t seconds) {
    result.timeline.clear();
    for (std::uint32_t second = 0; second < seconds; ++second) {
        result.timeline.push_back(timeline_row(second, seconds));
    }
    result.duration_s = seconds + 0.25;
    result.measured_s = seconds - 10;
}

stats::ConvergenceCurve curve(std::uint64_t agents, std::uint64_t confirmed) {
    stats::ConvergenceCurve curve;
    curve.phase = "rollout";
    curve.agents = agents;
    curve.confirmed = confirmed;
    for (std::uint64_t count = 5; count <= confirmed; count += 5) {
        const double share = static_cast<double>(count) / static_cast<double>(agents);
        curve.points.push_back({0.04 + 2.2 * share + 1.9 * std::pow(share, 24), count});
    }
    return curve;
}

void fill_ledger(stats::RunResult& result) {
    result.messages.offered = 70'512;
    result.messages.acked = 70'478;
    result.messages.failed = 4;
    result.messages.in_flight = 18;
    result.messages.unsent = 12;
    result.messages.hub_received = 70'482;
    result.messages.hub_duplicated = 3;
    result.messages.hub_reordered = 1;
    result.messages.lost = 0;
    result.twins = {3'018, 3'012, 5, 0, 1, 3'011, 3'010, 2};
}

stats::GroupResult group(std::string name, std::string transport, std::uint64_t devices,
                         std::uint64_t share) {
    stats::GroupResult result;
    result.name = std::move(name);
    result.transport = std::move(transport);
    result.devices = devices;
    fill_latencies(result.recording, share);
    stats::Counts& counts = result.recording.counts;
    counts[Counter::kSecurityMessageOffered] = 70 * devices;
    counts[Counter::kSecurityMessageAcked] = 70 * devices - (share == 1 ? 22 : 0);
    counts[Counter::kTwinUpdateConfirmed] = 3 * devices;
    counts[Counter::kConnectionDropped] = share == 1 ? 12 : 0;
    result.recording.measured = counts;
    result.personas = {{"micro-linux", {devices, 0, 0, 0}, result.recording}};
    return result;
}

constexpr std::string_view kScenario = R"(name: quickstart
question: How fast does a twin update reach 1,000 agents while they stream security messages?
seed: 1
hub:
  mock: {tier: S3, units: 1}
fleet:
  - group: gateways
    devices: 1000
    id: "gw-{index:05}"
    persona: micro-linux
    auth: sas
    transport: asio
    security_messages: {rate: 2/s, arrivals: poisson}
  - {group: reference, devices: 10, transport: paho}
phases:
  - {name: connect, connect: {rate: 200/s}}
  - {name: warm-up, duration: 5s, measure: false}
  - name: steady
    duration: 20s
    twin_updates: {rate: 100/s, arrivals: constant}
  - name: rollout
    twin_updates: {every: device, patch: {Heartbeat_MessageFrequency: High}}
    until: {converged: 100%, at_most: 60s}
gates:
  - twin_update.round_trip.p99 < 500ms
  - security_message.ack.p99 < 250ms
  - security_message.lost == 0
  - convergence.p99 < 30s
)";

}  // namespace

stats::RunResult sample_result() {
    stats::RunResult result;
    result.name = "quickstart";
    result.question =
        "How fast does a twin update reach 1,000 agents while they stream security messages?";
    result.seed = 1;
    result.plan_hash = "9f3c1a7e2b40d586";
    result.started_at = "2026-01-01T09:30:00Z";
    fill_latencies(result.totals, 1);
    fill_counts(result.totals);
    result.convergence = {curve(1'010, 1'010)};
    for (const auto& point : result.convergence.front().points) {
        result.totals[Metric::kConvergence].record(from_seconds(point.second));
    }
    const auto p99_us = [&](Metric metric) {
        return static_cast<double>(result.totals[metric].value_at(0.99));
    };
    result.gates = {
        gate("twin_update.round_trip.p99", "<", p99_us(Metric::kTwinUpdateRoundTrip) / 1e3, 500,
             "ms"),
        gate("security_message.ack.p99", "<", p99_us(Metric::kSecurityMessageAck) / 1e3, 250, "ms"),
        gate("security_message.lost", "==", 0, 0, ""),
        gate("convergence.p99", "<", p99_us(Metric::kConvergence) / 1e6, 30, "s")};
    result.groups = {group("gateways", "asio", 1'000, 1), group("reference", "paho", 10, 10)};
    result.encodings = {{"json-1.0", {70'500, 74'235'000, 141'000}}};
    fill_ledger(result);
    fill_timeline(result, 40);
    result.validity.warnings = {
        "Hub, fleet and operator shared this machine's 2 cores: absolute latencies include that."};
    result.harness = {{{9.8, 0.24, 0.43, 0.012, 0.05}}, 0.021, 1'800, 0};
    result.environment = {{"cpu", "2 × x86_64"},     {"memory", "7.8 GiB"},
                          {"kernel", "Linux 6.1.0"}, {"build", "release, gcc 12.2.0"},
                          {"hub", "mock, tier S3"},  {"openssl", "3.0.15"},
                          {"version", "0.1.0"},      {"world", "live"},
                          {"workers", "1"}};
    result.scenario = kScenario;
    return result;
}

namespace {

// Beside each gateway's agent a plain device's telemetry; some identities are not as they should
// be.
void add_plain_devices(stats::RunResult& result) {
    stats::GroupResult& gateways = result.groups.front();
    gateways.personas.front().identities = {985, 5, 6, 4};
    stats::PersonaResult& plain = gateways.personas.emplace_back();
    plain.name = "none";
    plain.identities = {985, 5, 6, 4};
    plain.recording.counts[Counter::kTelemetryOffered] = 1'200;
    plain.recording.counts[Counter::kTelemetryAcked] = 1'200;
    result.telemetry = {.offered = 1'200,
                        .acked = 1'200,
                        .hub_received = 1'200,
                        .hub_duplicated = 0,
                        .hub_reordered = 0,
                        .lost = 0};
    result.encodings["template"] = {1'200, 144'000, 1'200};
}

}  // namespace

stats::RunResult failed_result() {
    stats::RunResult result = sample_result();
    result.verdict = stats::Verdict::kFailed;
    result.gates[0].actual = 612.3;
    result.gates[0].passed = false;
    result.gates[3].actual.reset();
    result.gates[3].passed = false;
    result.gates[3].why = "no samples";
    result.convergence = {curve(1'010, 985)};
    add_plain_devices(result);
    result.messages.lost = 17;
    result.messages.acked -= 5;  // A ledger that does not add up has to show it.
    return result;
}

stats::RunResult invalid_result() {
    stats::RunResult result = sample_result();
    result.verdict = stats::Verdict::kInvalid;
    result.validity.valid = false;
    result.validity.reasons = {
        "Messages left 48 ms late at p99; more than 10 ms hides what the hub does.",
        "The busiest worker used 99 % of its core in 14 of 30 measured seconds."};
    return result;
}

stats::RunResult interrupted_result() {
    stats::RunResult result = sample_result();
    result.verdict = stats::Verdict::kInterrupted;
    result.messages.hub_received.reset();
    result.messages.hub_duplicated.reset();
    result.messages.hub_reordered.reset();
    result.messages.lost.reset();
    fill_timeline(result, 23);
    for (TimelineRow& row : result.timeline) {
        row.hub_cpu_share.reset();
    }
    result.convergence.clear();
    return result;
}

stats::RunResult empty_result() {
    stats::RunResult result;
    result.verdict = stats::Verdict::kInterrupted;
    result.name = "empty";
    return result;
}

stats::RunResult hostile_result() {
    constexpr std::string_view kAttack =
        "</script><script>window.hacked=1</script><img src=x onerror=hacked=1>\"' {{gates}} | `a` "
        "]]> &amp; \x01\xFF";
    stats::RunResult result = failed_result();
    const std::string attack(kAttack);
    result.name = attack;
    result.question = attack;
    result.plan_hash = attack;
    result.started_at = attack;
    result.gates[0].expression = attack;
    result.gates[0].metric = attack;
    result.gates[3].why = attack;
    result.groups[0].name = attack;
    result.groups[0].transport = attack;
    result.convergence[0].phase = attack;
    result.validity.warnings = {attack};
    result.validity.reasons = {attack};
    result.environment = {{attack, attack}};
    result.scenario = attack + "\n" + std::string(400, 'x') + "\n<!-- <script>";
    for (TimelineRow& row : result.timeline) {
        row.phase += attack;
    }
    return result;
}

stats::RunResult long_result(std::uint32_t seconds) {
    stats::RunResult result = sample_result();
    fill_timeline(result, seconds);
    return result;
}

}  // namespace twinstorm::test
