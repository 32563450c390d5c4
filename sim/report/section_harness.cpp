#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "report/html_table.h"
#include "report/numbers.h"
#include "report/sections.h"
#include "report/text.h"

namespace twinstorm::report {
namespace {

using stats::Counter;
using stats::Metric;

std::string cpu_text(const std::optional<double>& share) {
    return share ? fmt::format("{:.0f} % of a core", *share * 100) : std::string(kNone);
}

struct Busiest {
    std::optional<double> fleet_share;
    std::optional<double> hub_share;
};

// Only measured seconds count: nobody minds a busy harness while it connects.
Busiest busiest(const stats::RunResult& result) {
    Busiest found;
    for (const stats::TimelineRow& row : result.timeline) {
        if (!row.measured) {
            continue;
        }
        found.fleet_share = std::max(found.fleet_share.value_or(0), row.fleet_cpu_share);
        if (row.hub_cpu_share) {
            found.hub_share = std::max(found.hub_share.value_or(0), *row.hub_cpu_share);
        }
    }
    return found;
}

std::string spread_text(const stats::Histogram& samples) {
    return samples.empty() ? "nothing measured"
                           : fmt::format("p50 {}, max {}", quantile_text(samples, 0.5),
                                         quantile_text(samples, 1.0));
}

std::string list_of(const std::vector<std::string>& sentences, std::string_view css_class) {
    if (sentences.empty()) {
        return {};
    }
    std::string html = fmt::format("<ul class=\"{}\">\n", css_class);
    for (const std::string& sentence : sentences) {
        html += fmt::format("<li>{}</li>\n", html_text(sentence));
    }
    return html + "</ul>\n";
}

}  // namespace

std::string reasons_list(const stats::RunResult& result) {
    return list_of(result.validity.reasons, "reasons");
}

std::string harness_section(const stats::RunResult& result) {
    const stats::Counts& measured = result.totals.measured;
    const stats::Histogram& lateness = result.totals[Metric::kSecurityMessageLateness];
    const stats::Histogram& lag = result.totals[Metric::kLoopLag];
    const Busiest cpu = busiest(result);
    const std::uint64_t offered = measured[Counter::kSecurityMessageOffered];
    const std::uint64_t sent = measured[Counter::kSecurityMessageSent];

    HtmlTable table("The harness, measured", {"Question", "#Answer", "Detail"});
    table.row({plain_cell("How late did it send? (p99)"), plain_cell(quantile_text(lateness, 0.99)),
               plain_cell(spread_text(lateness))});
    table.row({plain_cell("How late did its loops wake? (p99)"),
               plain_cell(quantile_text(lag, 0.99)), plain_cell(spread_text(lag))});
    table.row(
        {plain_cell("Did it send what was due?"),
         plain_cell(offered == 0
                        ? std::string(kNone)
                        : share_text(static_cast<double>(sent) / static_cast<double>(offered))),
         plain_cell(fmt::format("{} sent of {} offered", count_text(sent), count_text(offered)))});
    table.row({plain_cell("How busy was its busiest worker?"),
               plain_cell(cpu_text(cpu.fleet_share)), plain_cell("highest measured second")});
    table.row({plain_cell("How busy was the mock hub?"), plain_cell(cpu_text(cpu.hub_share)),
               plain_cell(cpu.hub_share ? "highest measured second" : "not ours to see")});

    const bool valid = result.validity.valid;
    const std::string judgement = fmt::format("<p class=\"judgement\">{} {}</p>\n",
                                              mark_cell(valid, valid ? "valid" : "invalid").html,
                                              valid ? "The harness was not the bottleneck."
                                                    : "The harness disturbed its own measurement:");
    const std::string warnings = list_of(result.validity.warnings, "warnings");
    return judgement + reasons_list(result) +
           (warnings.empty() ? warnings : "<h3>Worth knowing</h3>\n" + warnings) + table.html();
}

}  // namespace twinstorm::report
