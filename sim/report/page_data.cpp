#include "report/page_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "report/decimate.h"
#include "report/numbers.h"
#include "report/text.h"

namespace twinstorm::report {
namespace {

using stats::Counter;
using stats::Metric;
using stats::TimelineRow;

constexpr std::size_t kTimelinePointsMax = 180;
constexpr std::size_t kConvergencePointsMax = 120;
constexpr std::size_t kConvergenceCurvesMax = 8;
constexpr std::size_t kPercentilePoints = 61;
constexpr double kPercentileSteps = 15;  // A factor of ten: 0 %, 90 %, 99 %, 99.9 %, 99.99 %.

struct Column {
    std::string_view name;
    ChartValue (*value)(const TimelineRow& row);
};

template <Counter counter>
ChartValue count_of(const TimelineRow& row) {
    return static_cast<double>(row.counts[counter]);
}

template <Metric metric, std::uint64_t TimelineRow::Latency::*quantile>
ChartValue latency_ms(const TimelineRow& row) {
    const auto& latency = row.latencies[static_cast<std::size_t>(metric)];
    return latency ? ChartValue(static_cast<double>((*latency).*quantile) / 1e3) : std::nullopt;
}

ChartValue percent_of(const std::optional<double>& share) {
    return share ? ChartValue(std::round(*share * 100)) : std::nullopt;
}

using Latency = TimelineRow::Latency;
constexpr std::array kColumns{
    Column{"offered", count_of<Counter::kSecurityMessageOffered>},
    Column{"sent", count_of<Counter::kSecurityMessageSent>},
    Column{"acked", count_of<Counter::kSecurityMessageAcked>},
    Column{"ack_p50", latency_ms<Metric::kSecurityMessageAck, &Latency::p50_us>},
    Column{"ack_p99", latency_ms<Metric::kSecurityMessageAck, &Latency::p99_us>},
    Column{"ack_max", latency_ms<Metric::kSecurityMessageAck, &Latency::max_us>},
    Column{"twin_offered", count_of<Counter::kTwinUpdateOffered>},
    Column{"twin_confirmed", count_of<Counter::kTwinUpdateConfirmed>},
    Column{"twin_throttled", count_of<Counter::kTwinUpdateThrottled>},
    Column{"trip_p50", latency_ms<Metric::kTwinUpdateRoundTrip, &Latency::p50_us>},
    Column{"trip_p99", latency_ms<Metric::kTwinUpdateRoundTrip, &Latency::p99_us>},
    Column{"trip_max", latency_ms<Metric::kTwinUpdateRoundTrip, &Latency::max_us>},
    Column{"connected", [](const TimelineRow& row) { return ChartValue(row.connected); }},
    Column{"dropped", count_of<Counter::kConnectionDropped>},
    Column{"fleet_cpu", [](const TimelineRow& row) { return percent_of(row.fleet_cpu_share); }},
    Column{"hub_cpu", [](const TimelineRow& row) { return percent_of(row.hub_cpu_share); }},
};

constexpr std::array kPercentileMetrics{
    Metric::kSecurityMessageAck, Metric::kSecurityMessageService, Metric::kSecurityMessageLateness,
    Metric::kTwinUpdateDelivery, Metric::kTwinUpdateRoundTrip};

std::string joined(const std::vector<std::string>& parts) {
    return fmt::format("{}", fmt::join(parts, ","));
}

std::string array_of(const std::vector<ChartValue>& values) {
    std::vector<std::string> numbers;
    for (const ChartValue& value : values) {
        numbers.push_back(value ? compact_number(*value) : "null");
    }
    return "[" + joined(numbers) + "]";
}

// A column that never changes is written once: most counters are zero all along.
std::string column_json(const std::vector<ChartValue>& values) {
    const bool constant = std::all_of(values.begin(), values.end(), [&](const ChartValue& value) {
        return value == values.front();
    });
    return constant ? compact_number(*values.front()) : array_of(values);
}

std::string timeline_json(const stats::RunResult& result) {
    const std::vector<TimelineRow>& rows = result.timeline;
    const Decimation decimation(rows.size(), kTimelinePointsMax);
    std::vector<std::string> seconds;
    for (const std::size_t row : decimation.rows()) {
        seconds.push_back(std::to_string(rows[row].second));
    }
    std::vector<std::string> columns;
    for (const Column& column : kColumns) {
        const std::vector<ChartValue> values =
            decimation.values([&](std::size_t row) { return column.value(rows[row]); });
        const bool any = std::any_of(values.begin(), values.end(),
                                     [](const ChartValue& value) { return value.has_value(); });
        if (any) {
            columns.push_back(fmt::format("\"{}\":{}", column.name, column_json(values)));
        }
    }
    return fmt::format("\"lossless\":{},\n\"seconds\":[{}],\n\"columns\":{{{}}}",
                       decimation.is_lossless(), joined(seconds), fmt::join(columns, ",\n"));
}

std::string phases_json(const stats::RunResult& result) {
    std::vector<std::string> phases;
    for (const PhaseSpan& span : phase_spans(result)) {
        phases.push_back(fmt::format("[{},{},{},{}]", json_string(span.name), span.begin_s,
                                     span.end_s, span.measured));
    }
    return "[" + joined(phases) + "]";
}

// The line ends at the greatest sample: beyond it there is nothing that was measured.
std::string percentiles_of(const stats::Histogram& samples) {
    std::vector<ChartValue> points;
    for (std::size_t step = 0; step < kPercentilePoints; ++step) {
        const double rest = std::pow(10.0, -static_cast<double>(step) / kPercentileSteps);
        points.emplace_back(static_cast<double>(samples.value_at(1 - rest)) / 1e3);
        if (rest * static_cast<double>(samples.count()) < 1) {
            break;
        }
    }
    return array_of(points);
}

std::string percentiles_json(const stats::RunResult& result) {
    std::vector<std::string> lines;
    for (const Metric metric : kPercentileMetrics) {
        if (!result.totals[metric].empty()) {
            lines.push_back(fmt::format("\"{}\":{}", stats::name(metric),
                                        percentiles_of(result.totals[metric])));
        }
    }
    return fmt::format("{{{}}}", fmt::join(lines, ",\n"));
}

std::string marks_json(const stats::ConvergenceCurve& curve) {
    std::vector<std::string> marks;
    for (const int percent : {50, 90, 99, 100}) {
        if (const auto second = second_at_share(curve, percent / 100.0)) {
            marks.push_back(fmt::format("[{},{}]", percent, compact_number(*second)));
        }
    }
    return "[" + joined(marks) + "]";
}

std::string curve_json(const stats::ConvergenceCurve& curve) {
    std::vector<ChartValue> seconds;
    std::vector<ChartValue> confirmed;
    const std::size_t count = std::min(curve.points.size(), kConvergencePointsMax);
    for (std::size_t point = 0; point < count; ++point) {
        // Evenly spaced, with the first and the last among them.
        const std::size_t at = count < 2 ? 0 : point * (curve.points.size() - 1) / (count - 1);
        seconds.emplace_back(curve.points[at].second);
        confirmed.emplace_back(static_cast<double>(curve.points[at].confirmed));
    }
    return fmt::format(
        "{{\"phase\":{},\"agents\":{},\"seconds\":{},\"confirmed\":{},\"marks\":{}}}",
        json_string(curve.phase), curve.agents, array_of(seconds), array_of(confirmed),
        marks_json(curve));
}

std::string convergence_json(const stats::RunResult& result) {
    std::vector<std::string> curves;
    for (const stats::ConvergenceCurve& curve : result.convergence) {
        if (!curve.points.empty() && curve.agents > 0 && curves.size() < kConvergenceCurvesMax) {
            curves.push_back(curve_json(curve));
        }
    }
    return fmt::format("[{}]", fmt::join(curves, ",\n"));
}

}  // namespace

std::vector<PhaseSpan> phase_spans(const stats::RunResult& result) {
    std::vector<PhaseSpan> spans;
    for (const TimelineRow& row : result.timeline) {
        if (spans.empty() || spans.back().name != row.phase ||
            spans.back().measured != row.measured) {
            spans.push_back({row.phase, row.second, row.second, row.measured});
        }
        spans.back().end_s = row.second + 1;
    }
    return spans;
}

std::string page_data(const stats::RunResult& result) {
    return fmt::format("{{\n\"phases\":{},\n{},\n\"percentiles\":{},\n\"convergence\":{}\n}}",
                       phases_json(result), timeline_json(result), percentiles_json(result),
                       convergence_json(result));
}

}  // namespace twinstorm::report
