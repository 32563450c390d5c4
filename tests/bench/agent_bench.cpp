// What the agent costs: events/s and allocations for each message of an open load, and the
// message of a whole day at once.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "support/allocations.h"
#include "twinstorm/agent/micro_agent.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

MicroAgent started() {
    MicroAgent agent("gw-00001", 1, WallAnchor{kVirtualEpoch});
    agent.start(kRunStart);
    return agent;
}

void report(benchmark::State& state, std::uint64_t before, std::size_t bytes) {
    const auto iterations = static_cast<double>(state.iterations());
    const auto made = static_cast<double>(support::allocations() - before);
    state.counters["allocations_per_message"] = made / iterations;
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
    state.SetItemsProcessed(state.iterations());
}

void emit(benchmark::State& state) {
    MicroAgent agent = started();
    std::string body;
    body.reserve(kMessageBytesMax);
    TimePoint now = kRunStart;
    std::size_t bytes = 0;
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        now += 500ms;
        body.clear();
        agent.emit(now, body);
        bytes += body.size();
    }
    report(state, before, bytes);
}
BENCHMARK(emit);

void flush_a_day(benchmark::State& state) {
    MicroAgent agent = started();
    std::string body;
    body.reserve(kMessageBytesMax);
    TimePoint now = kRunStart;
    std::size_t bytes = 0;
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        now += 24h;
        body.clear();
        benchmark::DoNotOptimize(agent.flush(now, body));
        bytes += body.size();
    }
    report(state, before, bytes);
}
BENCHMARK(flush_a_day);

void parse_an_empty_twin(benchmark::State& state) {
    MicroAgent agent = started();
    const boost::json::object desired;
    for (auto _ : state) {
        benchmark::DoNotOptimize(agent.apply(desired, kRunStart));
    }
}
BENCHMARK(parse_an_empty_twin);

}  // namespace
}  // namespace twinstorm::agent
