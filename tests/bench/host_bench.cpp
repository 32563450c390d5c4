// What it costs to see what happened on a device: events/s of looks and loads, and an hour in
// which nothing that was asked for happened.

#include <benchmark/benchmark.h>

#include <cstdint>

#include "support/allocations.h"
#include "twinstorm/host/host.h"

namespace twinstorm::host {
namespace {

using namespace std::chrono_literals;

constexpr StreamSet kAll{Stream::kProcesses, Stream::kFlows,       Stream::kLogins,
                         Stream::kFiles,     Stream::kPeripherals, Stream::kLogs};

Host device(std::uint64_t seed = 1) {
    return Host("gw-00001", seed, Kind::kGateway, WallAnchor{kVirtualEpoch});
}

std::size_t count(const Happenings& seen) {
    return seen.processes.size() + seen.flows.size() + seen.logins.size() + seen.files.size() +
           seen.peripherals.size() + seen.logs.size();
}

void report(benchmark::State& state, std::uint64_t before, std::size_t events) {
    state.SetItemsProcessed(static_cast<std::int64_t>(events));
    state.counters["allocations"] = static_cast<double>(support::allocations() - before);
}

// As an agent does: two hours, not begun on the hour.
void look_at_two_hours(benchmark::State& state) {
    const Host host = device();
    Happenings seen;
    host.look(kAll, kRunStart, kRunStart + 240h, seen);
    TimePoint at = kRunStart + 40s;
    std::size_t events = 0;
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        seen.clear();
        host.look(kAll, at, at + 2h, seen);
        at += 2h;
        events += count(seen);
    }
    report(state, before, events);
}
BENCHMARK(look_at_two_hours);

void look_at_an_empty_hour(benchmark::State& state) {
    const Host host = device();
    Happenings seen;
    host.look(kAll, kRunStart, kRunStart + 240h, seen);
    TimePoint at = kRunStart;
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        seen.clear();
        host.look({Stream::kPeripherals}, at, at + 1h, seen);
        at += 1h;
    }
    report(state, before, static_cast<std::size_t>(state.iterations()));
}
BENCHMARK(look_at_an_empty_hour);

void look_at_ten_silent_years(benchmark::State& state) {
    const Host host = device();
    Happenings seen;
    for (auto _ : state) {
        seen.clear();
        host.look(kAll, kRunStart, kRunStart + 87'600h, seen);
    }
}
BENCHMARK(look_at_ten_silent_years);

void load(benchmark::State& state) {
    const Host host = device();
    Happenings seen;
    host.look(kAll, kRunStart, kRunStart + 240h, seen);
    std::uint64_t number = 0;
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        if (number % 64 == 0) {
            seen.clear();
        }
        host.add_one(number % 2 == 0 ? Stream::kProcesses : Stream::kFlows, number, kRunStart,
                     seen);
        ++number;
    }
    report(state, before, number);
}
BENCHMARK(load);

void make_a_device(benchmark::State& state) {
    std::uint64_t seed = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(device(++seed));
    }
}
BENCHMARK(make_a_device);

void look_at_all_snapshots(benchmark::State& state) {
    const Host host = device();
    std::vector<std::uint16_t> found;
    std::vector<CheckFinding> findings;
    TimePoint at = kRunStart;
    for (auto _ : state) {
        found.clear();
        findings.clear();
        host.checks(at, findings);
        host.packages(at, found);
        host.listening_ports(at, found);
        host.firewall_rules(at, found);
        host.users(at, found);
        host.hardware(found);
        at += 13h;
    }
}
BENCHMARK(look_at_all_snapshots);

}  // namespace
}  // namespace twinstorm::host
