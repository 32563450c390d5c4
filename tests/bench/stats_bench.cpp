// Recording is on the path of every message; merging and encoding run once a second at most.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "twinstorm/base/seed.h"
#include "twinstorm/stats/histogram.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::stats {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kDraws = 4'096;  // A power of two: the loop must not cost a division.
constexpr std::size_t kSamples = 100'000;

// Latencies of about 20 ms, drawn beforehand.
std::array<Duration, kDraws> draw_latencies() {
    Random random(1);
    std::array<Duration, kDraws> latencies{};
    for (Duration& latency : latencies) {
        latency = from_seconds(random.exponential() * 0.02);
    }
    return latencies;
}

Histogram filled() {
    Histogram histogram;
    Random random(2);
    for (std::size_t i = 0; i < kSamples; ++i) {
        histogram.record(from_seconds(random.exponential() * 0.02));
    }
    return histogram;
}

void histogram_record(benchmark::State& state) {
    const auto latencies = draw_latencies();
    Histogram histogram = filled();
    std::size_t at = 0;
    for (auto _ : state) {
        histogram.record(latencies[at++ % kDraws]);
    }
    benchmark::DoNotOptimize(histogram.count());
}
BENCHMARK(histogram_record);

void recorder_record(benchmark::State& state) {
    const auto latencies = draw_latencies();
    Recorder recorder;
    recorder.open_window(kRunStart);
    std::size_t at = 0;
    for (auto _ : state) {
        recorder.record(Metric::kSecurityMessageAck, kRunStart + 1s, latencies[at++ % kDraws]);
    }
    benchmark::DoNotOptimize(recorder.current());
}
BENCHMARK(recorder_record);

void histogram_merge(benchmark::State& state) {
    const Histogram part = filled();
    Histogram sum;
    for (auto _ : state) {
        sum.merge(part);
    }
    benchmark::DoNotOptimize(sum.count());
}
BENCHMARK(histogram_merge);

void histogram_percentile(benchmark::State& state) {
    const Histogram histogram = filled();
    for (auto _ : state) {
        benchmark::DoNotOptimize(histogram.value_at(0.99));
    }
}
BENCHMARK(histogram_percentile);

void histogram_encode(benchmark::State& state) {
    const Histogram histogram = filled();
    for (auto _ : state) {
        benchmark::DoNotOptimize(histogram.encode());
    }
}
BENCHMARK(histogram_encode);

void histogram_decode(benchmark::State& state) {
    const std::string encoded = filled().encode();
    for (auto _ : state) {
        benchmark::DoNotOptimize(Histogram::decode(encoded));
    }
}
BENCHMARK(histogram_decode);

}  // namespace
}  // namespace twinstorm::stats
