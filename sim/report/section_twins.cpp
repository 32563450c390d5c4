#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "report/html_table.h"
#include "report/numbers.h"
#include "report/sections.h"
#include "report/text.h"

namespace twinstorm::report {
namespace {

using stats::Histogram;
using stats::Metric;

struct Hop {
    Metric metric;
    std::string_view name;
    std::string_view meaning;
};

// The first three count from one instant, so they may share an axis as stages of one journey.
constexpr std::array kJourney{
    Hop{Metric::kTwinUpdateAccept, "Accepted", "the hub answered the operator's request with 2xx"},
    Hop{Metric::kTwinUpdateDelivery, "Delivered", "the desired patch arrived at the agent"},
    Hop{Metric::kTwinUpdateRoundTrip, "Round trip",
        "the agent applied it, and the hub acknowledged its report"},
};
constexpr std::array kParts{
    Hop{Metric::kTwinReport, "Twin report", "reported patch sent → 204 from the hub"},
    Hop{Metric::kTwinGet, "Twin get", "twin asked for → answer; at each connect"},
};

std::string bar(const Hop& hop, const Histogram& samples, double scale_us) {
    const auto share = [&](double quantile) {
        return static_cast<double>(samples.value_at(quantile)) / scale_us * 100;
    };
    return fmt::format(
        "<li><b>{}</b><span class=\"track\" aria-hidden=\"true\"><i class=\"p99\" "
        "style=\"width:{:.1f}%\"></i><i class=\"p50\" style=\"width:{:.1f}%\"></i></span>"
        "<span class=\"at\">p50 {} <em>p99 {}</em></span></li>\n",
        hop.name, share(0.99), share(0.5), quantile_text(samples, 0.5),
        quantile_text(samples, 0.99));
}

template <class Hops>
std::string bars(const Hops& hops, const stats::RunResult& result, double scale_us) {
    std::string html;
    for (const Hop& hop : hops) {
        const Histogram& samples = result.totals[hop.metric];
        html += samples.empty() ? std::string() : bar(hop, samples, scale_us);
    }
    return html;
}

double scale_of(const stats::RunResult& result) {
    double scale_us = 1;
    for (const auto& hop : kJourney) {
        scale_us =
            std::max(scale_us, static_cast<double>(result.totals[hop.metric].value_at(0.99)));
    }
    for (const auto& hop : kParts) {
        scale_us =
            std::max(scale_us, static_cast<double>(result.totals[hop.metric].value_at(0.99)));
    }
    return scale_us;
}

std::string waterfall(const stats::RunResult& result) {
    const double scale_us = scale_of(result);
    const std::string journey = bars(kJourney, result, scale_us);
    const std::string parts = bars(kParts, result, scale_us);
    std::string html = "<figure class=\"waterfall\">\n";
    if (!journey.empty()) {
        html += "<p class=\"group\">From the operator's intended instant</p>\n<ul>\n" + journey +
                "</ul>\n";
    }
    if (!parts.empty()) {
        html += "<p class=\"group\">Each from its own request by the agent</p>\n<ul>\n" + parts +
                "</ul>\n";
    }
    return html + fmt::format(
                      "<figcaption><span class=\"key p50\"></span>half arrived by here "
                      "(p50) <span class=\"key p99\"></span>99 of 100 by here (p99) · full "
                      "width is {}</figcaption></figure>\n",
                      latency_text(scale_us));
}

template <class Hops>
void add_rows(HtmlTable& table, const Hops& hops, const stats::RunResult& result) {
    for (const Hop& hop : hops) {
        const Histogram& samples = result.totals[hop.metric];
        table.row({noted_cell(hop.name, hop.meaning), plain_cell(count_text(samples.count())),
                   plain_cell(quantile_text(samples, 0.5)), plain_cell(quantile_text(samples, 0.9)),
                   plain_cell(quantile_text(samples, 0.99)),
                   plain_cell(quantile_text(samples, 1.0))});
    }
}

std::string mark_text(const stats::ConvergenceCurve& curve, double share) {
    const auto second = second_at_share(curve, share);
    return second ? seconds_text(*second) : "not reached";
}

}  // namespace

std::string hops_section(const stats::RunResult& result) {
    bool any = false;
    for (const Hop& hop : kJourney) {
        any = any || !result.totals[hop.metric].empty();
    }
    for (const Hop& hop : kParts) {
        any = any || !result.totals[hop.metric].empty();
    }
    if (!any) {
        return "<p class=\"none\">No twin was read or patched in the measured phases.</p>\n";
    }
    HtmlTable table("Twin updates, hop by hop", {"Hop", "#Count", "#p50", "#p90", "#p99", "#Max"});
    add_rows(table, kJourney, result);
    add_rows(table, kParts, result);
    return waterfall(result) + table.html();
}

std::string convergence_section(const stats::RunResult& result) {
    if (result.convergence.empty()) {
        return "<p class=\"none\">No phase of this run patched every agent, so there is no "
               "roll-out to follow.</p>\n";
    }
    HtmlTable table("How long until this share of the agents had confirmed",
                    {"Roll-out", "#Agents", "#Confirmed", "#50 %", "#90 %", "#99 %", "#100 %"});
    for (const stats::ConvergenceCurve& curve : result.convergence) {
        table.row({plain_cell(curve.phase), plain_cell(count_text(curve.agents)),
                   plain_cell(count_text(curve.confirmed)), plain_cell(mark_text(curve, 0.5)),
                   plain_cell(mark_text(curve, 0.9)), plain_cell(mark_text(curve, 0.99)),
                   plain_cell(mark_text(curve, 1.0))});
    }
    return table.html();
}

}  // namespace twinstorm::report
