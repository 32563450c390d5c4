#include <cstddef>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "report/text.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

// All columns, always: a script may rely on them whatever the run did.
std::string header() {
    std::string line = "second,phase,measured,connected,in_flight";
    for (std::size_t counter = 0; counter < stats::kCounterCount; ++counter) {
        line += fmt::format(",{}", stats::name(static_cast<stats::Counter>(counter)));
    }
    for (std::size_t metric = 0; metric < stats::kMetricCount; ++metric) {
        const std::string_view name = stats::name(static_cast<stats::Metric>(metric));
        line += fmt::format(",{0}_us_p50,{0}_us_p99,{0}_us_max", name);
    }
    return line + ",fleet_cpu_share,hub_cpu_share,fleet_wait_share\n";
}

void append_row(std::string& csv, const stats::TimelineRow& row) {
    auto out = std::back_inserter(csv);
    fmt::format_to(out, "{},{},{},{},{}", row.second, csv_field(row.phase), row.measured ? 1 : 0,
                   row.connected, row.in_flight);
    for (const std::uint64_t count : row.counts.values) {
        fmt::format_to(out, ",{}", count);
    }
    for (const auto& latency : row.latencies) {
        if (latency) {
            fmt::format_to(out, ",{},{},{}", latency->p50_us, latency->p99_us, latency->max_us);
        } else {
            csv += ",,,";
        }
    }
    fmt::format_to(out, ",{}", row.fleet_cpu_share);
    csv += row.hub_cpu_share ? fmt::format(",{}", *row.hub_cpu_share) : ",";
    fmt::format_to(std::back_inserter(csv), ",{}\n", row.fleet_wait_share);
}

}  // namespace

std::string timeline_csv(const stats::RunResult& result) {
    std::string csv = header();
    for (const stats::TimelineRow& row : result.timeline) {
        append_row(csv, row);
    }
    return csv;
}

}  // namespace twinstorm::report
