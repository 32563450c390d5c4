#include <fmt/format.h>

#include "report/html_table.h"
#include "report/numbers.h"
#include "report/page_data.h"
#include "report/sections.h"

namespace twinstorm::report {
namespace {

using stats::Counter;
using stats::Metric;

std::string mean_text(const stats::Histogram& samples) {
    return samples.empty() ? std::string(kNone) : latency_text(samples.mean());
}

void add_group(HtmlTable& table, const stats::GroupResult& group) {
    const stats::Counts& counts = group.recording.counts;
    const auto cell = [&](Metric metric, double quantile) {
        return plain_cell(quantile_text(group.recording[metric], quantile));
    };
    const auto count = [&](Counter counter) { return plain_cell(count_text(counts[counter])); };
    table.row({noted_cell(group.name, group.transport), plain_cell(count_text(group.devices)),
               count(Counter::kSecurityMessageOffered), count(Counter::kSecurityMessageAcked),
               count(Counter::kSecurityMessageFailed), count(Counter::kTwinUpdateConfirmed),
               count(Counter::kConnectionDropped), cell(Metric::kSecurityMessageAck, 0.5),
               cell(Metric::kSecurityMessageAck, 0.99), cell(Metric::kTwinUpdateRoundTrip, 0.5),
               cell(Metric::kTwinUpdateRoundTrip, 0.99)});
}

}  // namespace

std::string latency_section(const stats::RunResult& result) {
    HtmlTable table(
        "Every latency of the measured phases",
        {"Latency", "#Count", "#Mean", "#p50", "#p90", "#p99", "#p99.9", "#p99.99", "#Max"});
    bool any = false;
    for (std::size_t index = 0; index < stats::kMetricCount; ++index) {
        const auto metric = static_cast<Metric>(index);
        const stats::Histogram& samples = result.totals[metric];
        if (samples.empty()) {
            continue;
        }
        any = true;
        table.row(
            {noted_cell(stats::name(metric), stats::describe(metric)),
             plain_cell(count_text(samples.count())), plain_cell(mean_text(samples)),
             plain_cell(quantile_text(samples, 0.5)), plain_cell(quantile_text(samples, 0.9)),
             plain_cell(quantile_text(samples, 0.99)), plain_cell(quantile_text(samples, 0.999)),
             plain_cell(quantile_text(samples, 0.9999)), plain_cell(quantile_text(samples, 1.0))});
    }
    return any ? table.html() : "<p class=\"none\">No latency was measured in this run.</p>\n";
}

std::string phases_section(const stats::RunResult& result) {
    const std::vector<PhaseSpan> spans = phase_spans(result);
    if (spans.empty()) {
        return "<p class=\"none\">The run ended before its first full second.</p>\n";
    }
    HtmlTable table("Phases of the run", {"Phase", "#From", "#Until", "Counted in the latencies"});
    for (const PhaseSpan& span : spans) {
        table.row({plain_cell(span.name), plain_cell(seconds_text(span.begin_s)),
                   plain_cell(seconds_text(span.end_s)),
                   plain_cell(span.measured ? "yes" : "no, shaded in the charts")});
    }
    return table.html();
}

std::string groups_section(const stats::RunResult& result) {
    if (result.groups.empty()) {
        return "<p class=\"none\">The run knows no groups.</p>\n";
    }
    HtmlTable table(
        "The fleet's groups side by side",
        {"Group", "#Devices", "#Messages offered", "#Acked", "#Failed", "#Twins confirmed",
         "#Drops", "#Ack p50", "#Ack p99", "#Round trip p50", "#Round trip p99"});
    for (const stats::GroupResult& group : result.groups) {
        add_group(table, group);
    }
    return table.html();
}

}  // namespace twinstorm::report
