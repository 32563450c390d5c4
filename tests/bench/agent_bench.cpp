// What agents cost: events generated, aggregated and encoded per second on one core, allocations,
// and the memory of idle ones.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>

#include "support/allocations.h"
#include "twinstorm/agent/agent.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kDevices = 64;

std::vector<Agent> fleet(const Persona& persona, std::size_t devices = kDevices) {
    std::vector<Agent> agents;
    agents.reserve(devices);
    for (std::size_t i = 0; i < devices; ++i) {
        agents.emplace_back(persona, "gw-" + std::to_string(i), 1, WallAnchor{kVirtualEpoch});
        static_cast<void>(agents.back().apply({}, nullptr, kRunStart));
        agents.back().link_ready(kRunStart);
        agents.back().start(kRunStart);
    }
    return agents;
}

struct Work {
    std::uint64_t events = 0;
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;

    void take(Batch& batch) {
        for (const Part& part : batch.parts) {
            events += part.events;
        }
        messages += batch.parts.size();
        bytes += batch.bytes.size();
        benchmark::DoNotOptimize(batch.bytes.data());
        batch.clear();
    }
};

// What the agent's host saw, before aggregation: the events that had to be generated.
std::uint64_t happened(const Persona& persona, TimePoint until) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kDevices; ++i) {
        const std::string device_id = "gw-" + std::to_string(i);
        const MicroAgent agent(persona, device_id, 1, WallAnchor{kVirtualEpoch});
        host::Happenings seen;
        for (TimePoint at = kRunStart; at < until; at += 1h) {
            agent.host().look(
                {host::Stream::kProcesses, host::Stream::kFlows, host::Stream::kLogins,
                 host::Stream::kPeripherals, host::Stream::kLogs},
                at, at + 1h, seen);
        }
        sum += seen.processes.size() + seen.flows.size() + seen.logins.size() +
               seen.peripherals.size() + seen.logs.size();
    }
    return sum;
}

void report(benchmark::State& state, const Work& work, std::uint64_t events,
            std::uint64_t allocations) {
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
    state.SetBytesProcessed(static_cast<std::int64_t>(work.bytes));
    state.counters["allocations"] = static_cast<double>(allocations);
    state.counters["messages"] =
        benchmark::Counter(static_cast<double>(work.messages), benchmark::Counter::kIsRate);
}

// Days of a fleet by its own schedule. Items of the micro agent, which sees them all, are the
// events that happened on the devices; of the others, the entries in their messages.
void days(benchmark::State& state, Family family, Encoding encoding) {
    Persona persona = make_persona(family);
    persona.options.encoding = encoding;
    Workbench bench;
    const auto day = [&bench](std::vector<Agent>& agents, Work& work) {
        for (Agent& agent : agents) {
            while (agent.next_send() && *agent.next_send() < kRunStart + 24h) {
                agent.send_due(*agent.next_send(), bench);
                work.take(bench.batch);
            }
        }
    };
    Work warm;
    std::vector<Agent> agents = fleet(persona);
    day(agents, warm);
    const std::uint64_t events = happened(make_persona(Family::kMicroLinux), kRunStart + 24h);
    Work work;
    std::uint64_t allocations = 0;
    for (auto _ : state) {
        state.PauseTiming();
        agents = fleet(persona);
        state.ResumeTiming();
        const std::uint64_t before = support::allocations();
        day(agents, work);
        allocations += support::allocations() - before;
    }
    const bool sees_all = family == Family::kMicroLinux;
    report(state, work,
           sees_all ? events * static_cast<std::uint64_t>(state.iterations()) : work.events,
           allocations);
    state.counters["entries"] =
        benchmark::Counter(static_cast<double>(work.events), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(days, micro_json, Family::kMicroLinux, Encoding::kJson);
BENCHMARK_CAPTURE(days, micro_json_extended, Family::kMicroLinux, Encoding::kJsonExtended);
BENCHMARK_CAPTURE(days, micro_flat_buffers, Family::kMicroLinux, Encoding::kFlatBuffers);
BENCHMARK_CAPTURE(days, legacy_c, Family::kLegacyC, Encoding::kJson);
BENCHMARK_CAPTURE(days, rtos, Family::kMicroRtos, Encoding::kFlatBuffers);

// Messages of an open load, two a second.
void open_load(benchmark::State& state, Family family) {
    const Persona persona = make_persona(family);
    std::vector<Agent> agents = fleet(persona, 1);
    Workbench bench;
    Work work;
    TimePoint now = kRunStart;
    const auto emit = [&] {
        now += 500ms;
        agents[0].emit(now, bench);
        work.take(bench.batch);
    };
    for (int i = 0; i < 200'000; ++i) {
        emit();
    }
    work = {};
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        emit();
    }
    report(state, work, work.events, support::allocations() - before);
}
BENCHMARK_CAPTURE(open_load, micro, Family::kMicroLinux);
BENCHMARK_CAPTURE(open_load, rtos, Family::kMicroRtos);

void parse_an_empty_twin(benchmark::State& state) {
    const Persona persona = make_persona(Family::kMicroLinux);
    std::vector<Agent> agents = fleet(persona, 1);
    const boost::json::object desired;
    for (auto _ : state) {
        benchmark::DoNotOptimize(agents[0].apply(desired, nullptr, kRunStart));
    }
}
BENCHMARK(parse_an_empty_twin);

void idle_memory(benchmark::State& state, Family family) {
    constexpr std::size_t kIdle = 100'000;
    const Persona persona = make_persona(family);
    double each = 0;
    for (auto _ : state) {
        const std::int64_t before = support::allocated_bytes();
        const std::vector<Agent> agents = fleet(persona, kIdle);
        each = static_cast<double>(support::allocated_bytes() - before) / kIdle;
    }
    state.counters["bytes_per_agent"] = each;
}
BENCHMARK_CAPTURE(idle_memory, micro, Family::kMicroLinux)->Iterations(1);
BENCHMARK_CAPTURE(idle_memory, legacy_c, Family::kLegacyC)->Iterations(1);
BENCHMARK_CAPTURE(idle_memory, rtos, Family::kMicroRtos)->Iterations(1);

}  // namespace
}  // namespace twinstorm::agent
