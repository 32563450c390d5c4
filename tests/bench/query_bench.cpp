// What a query costs the hub for each twin it looks at: no allocation, well under a microsecond.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string_view>

#include "query/documents.h"
#include "support/allocations.h"
#include "twinstorm/query/aggregation.h"
#include "twinstorm/query/query.h"

namespace twinstorm::query {
namespace {

void report(benchmark::State& state, std::uint64_t before) {
    const auto made = static_cast<double>(support::allocations() - before);
    state.counters["allocations_per_document"] = made / static_cast<double>(state.iterations());
}

void match(benchmark::State& state, std::string_view text) {
    const Condition condition = parse_condition(text).value();
    const boost::json::object twin = module_twin();
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        benchmark::DoNotOptimize(condition.matches(twin));
    }
    report(state, before);
}
BENCHMARK_CAPTURE(match, agents_of_a_site, "moduleId = 'DefenderIotMicroAgent' AND tags.site='a'");
BENCHMARK_CAPTURE(
    match, settings_not_applied,
    "NOT properties.reported.fw IN ['1.0','1.1'] AND properties.desired.interval >= 60 "
    "AND properties.reported.$metadata.fw.$lastUpdated > '2026-01-01'");

void parse_a_query(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            parse("SELECT * FROM devices.modules WHERE moduleId = 'DefenderIotMicroAgent' AND "
                  "tags.site = 'a'"));
    }
}
BENCHMARK(parse_a_query);

void count_in_groups(benchmark::State& state) {
    const Query query =
        parse("SELECT tags.site, COUNT() AS n FROM devices GROUP BY tags.site").value();
    Aggregation aggregation(query);
    const boost::json::object twin = device_twin();
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        benchmark::DoNotOptimize(aggregation.add(twin));
    }
    report(state, before);
}
BENCHMARK(count_in_groups);

}  // namespace
}  // namespace twinstorm::query
