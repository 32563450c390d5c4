// A result in which no member has its default value, for tests of writing and reading.
#pragma once

#include "twinstorm/stats/run_result.h"

namespace twinstorm::stats {

inline Recording sample_recording(std::uint64_t salt) {
    Recording recording;
    for (std::size_t i = 0; i < kMetricCount; i += 2) {  // Every second metric has no samples.
        for (std::uint64_t n = 1; n <= 50; ++n) {
            recording.histograms[i].record(n * n * n * (salt + i + 1));
        }
    }
    recording[Metric::kConnect].record(Histogram::kValueMax + 1, 2);
    for (std::size_t i = 0; i < kCounterCount; ++i) {
        recording.counts.values[i] = 1'000 * salt + i;
        recording.measured.values[i] = 500 * salt + i;
    }
    return recording;
}

inline TimelineRow sample_row() {
    TimelineRow row;
    row.second = 7;
    row.phase = "steady";
    row.measured = true;
    row.connected = 1'010;
    row.in_flight = 12;
    row.fleet_cpu_share = 0.31;
    row.hub_cpu_share = 0.28;
    row.fleet_wait_share = 0.04;
    row.counts[Counter::kSecurityMessageSent] = 2'000;
    row.latencies[static_cast<std::size_t>(Metric::kTwinReport)] = {
        .p50_us = 900, .p99_us = 4'000, .max_us = 4'500};
    return row;
}

inline RunResult sample_result() {
    RunResult result;
    result.verdict = Verdict::kFailed;
    result.name = "quickstart";
    result.question = "How fast is it, \"really\"?";
    result.seed = ~std::uint64_t{0};
    result.plan_hash = "9f86d081";
    result.started_at = "2026-01-01T00:00:00Z";
    result.duration_s = 31.25;
    result.measured_s = 20.1;
    result.gates = {
        {"connect.p99 < 1s", "connect.p99", 250.5, 1'000, "ms", true, ""},
        {"loop_lag.p99 < 1ms", "loop_lag.p99", std::nullopt, 1, "ms", false, "no samples"}};
    result.totals = sample_recording(3);
    result.groups = {{"gateways",
                      "asio",
                      1'000,
                      {{"legacy-c", {900, 20, 50, 30}, sample_recording(5)},
                       {"none", {1'000, 0, 0, 0}, sample_recording(6)}},
                      sample_recording(1)},
                     {"reference",
                      "paho",
                      10,
                      {{"micro-linux", {10, 0, 0, 0}, sample_recording(2)}},
                      sample_recording(2)}};
    result.encodings = {{"json-1.0", {11, 12'000, 130}}, {"flatbuffers-2.3", {21, 2'200, 23}}};
    result.messages = {.offered = 10,
                       .acked = 6,
                       .failed = 1,
                       .in_flight = 2,
                       .unsent = 1,
                       .hub_received = 6,
                       .hub_duplicated = 0,
                       .hub_reordered = 3,
                       .lost = 0};
    result.telemetry = {.offered = 20,
                        .acked = 11,
                        .failed = 4,
                        .in_flight = 2,
                        .unsent = 3,
                        .hub_received = 12,
                        .hub_duplicated = 1,
                        .hub_reordered = 0,
                        .lost = 1};
    result.twins = {.offered = 9,
                    .accepted = 5,
                    .throttled = 2,
                    .failed = 1,
                    .pending = 1,
                    .delivered = 4,
                    .confirmed = 3,
                    .unconfirmed = 2};
    result.limits = {{.name = "twin_updates",
                      .first_s = 12.5,
                      .last_s = 20,
                      .limited_s = 4.5,
                      .delayed = 120,
                      .refused = 7,
                      .delay_us_mean = 812'000,
                      .delay_us_max = 3'000'000},
                     {.name = "quota", .first_s = {}, .last_s = {}, .refused = 5}};
    result.playbooks = {{.playbook = "reverse-shell",
                         .alert_type = "IoT_ReverseShell",
                         .phase = "outbreak",
                         .group = "gateways",
                         .persona = "micro-linux",
                         .devices = 50,
                         .played = 100,
                         .devices_silent = 1,
                         .events = 300,
                         .messages = 98,
                         .acked = 97,
                         .arrived = 97,
                         .accepted = 96,
                         .ignored = {{"wrong-type", 1}},
                         .devices_confirmed = 47,
                         .examples = {"gw-00003", "gw-00017"}},
                        {.playbook = "brute-force",
                         .alert_type = {},
                         .phase = "outbreak",
                         .group = "reference",
                         .persona = "legacy-c",
                         .devices = 1,
                         .played = 1,
                         .arrived = {},
                         .accepted = {},
                         .ignored = {},
                         .devices_confirmed = {},
                         .examples = {"ref-00001"}}};
    result.timeline = {sample_row(), TimelineRow()};
    result.timeline[1].phase = "rollout";
    result.convergence = {{"rollout", 1'010, 1'009, {{0.5, 505}, {2.25, 1'009}}}};
    result.validity = {false, {"Messages were late."}, {"The clock is coarse."}};
    result.harness = {{{3.5, 0.35, 0.6, 0.02, 0.1}, {3.25, 0.32, 0.5, 0.01, 0.05}}, 0.03, 1'500, 2};
    result.environment = {{"cpu", "2 cores"}, {"kernel", "6.1"}};
    result.scenario = "name: quickstart\nseed: 1  # Größe\n";
    return result;
}

}  // namespace twinstorm::stats
