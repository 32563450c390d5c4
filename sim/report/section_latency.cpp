#include <fmt/format.h>

#include "report/fleet_text.h"
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

// Of a persona on its group's devices, or of a whole group.
struct Share {
    std::string_view name;
    std::string note;
    std::uint64_t identities = 0;
    const stats::Recording& recording;
};

void add_share(HtmlTable& table, const Share& share) {
    const stats::Counts& counts = share.recording.counts;
    const auto cell = [&](Metric metric, double quantile) {
        return plain_cell(quantile_text(share.recording[metric], quantile));
    };
    const auto count = [&](Counter counter) { return plain_cell(count_text(counts[counter])); };
    const auto both = [&](Counter security, Counter telemetry) {
        return plain_cell(count_text(counts[security] + counts[telemetry]));
    };
    table.row({noted_cell(share.name, share.note), plain_cell(count_text(share.identities)),
               both(Counter::kSecurityMessageOffered, Counter::kTelemetryOffered),
               both(Counter::kSecurityMessageAcked, Counter::kTelemetryAcked),
               both(Counter::kSecurityMessageFailed, Counter::kTelemetryFailed),
               count(Counter::kTwinUpdateConfirmed), count(Counter::kConnectionDropped),
               cell(Metric::kSecurityMessageAck, 0.5), cell(Metric::kSecurityMessageAck, 0.99),
               cell(Metric::kTwinUpdateRoundTrip, 0.5), cell(Metric::kTwinUpdateRoundTrip, 0.99)});
}

// A group, and its personas below it where it has several.
void add_group(HtmlTable& table, const stats::GroupResult& group) {
    std::string note = group.transport;
    stats::IdentityCounts identities;
    for (const stats::PersonaResult& persona : group.personas) {
        identities.merge(persona.identities);
    }
    if (group.personas.size() == 1) {
        note += ", " + group.personas.front().name;
    }
    const std::string states = states_text(identities);
    note += states.empty() ? states : ", " + states;
    add_share(table, {group.name, note, group.devices, group.recording});
    for (const stats::PersonaResult& persona : group.personas) {
        if (group.personas.size() > 1) {
            add_share(table, {persona.name, "in " + group.name, persona.identities.all(),
                              persona.recording});
        }
    }
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
