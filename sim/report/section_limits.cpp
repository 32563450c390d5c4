#include <fmt/format.h>

#include "report/html_table.h"
#include "report/limit_text.h"
#include "report/sections.h"

namespace twinstorm::report {
namespace {

constexpr std::string_view kHead =
    "\n\n<section aria-labelledby=\"limits\"><h2 id=\"limits\">Limits hit</h2>\n"
    "<p class=\"lead\">The hub throttles as its tier does: first it serves from burst credit, "
    "then\n"
    "it makes operations wait, then it refuses them. What waited is part of the latencies above.\n"
    "</p>\n";

}  // namespace

// Nothing at all, not even a heading, when no limit was hit.
std::string limits_section(const stats::RunResult& result) {
    if (!result.limits || result.limits->empty()) {
        return {};
    }
    HtmlTable table(
        "Limits of the hub that this run hit",
        {"Limit", "#First hit", "#For", "#Delayed", "#Mean delay", "#Longest delay", "#Refused"});
    for (const stats::LimitHit& hit : *result.limits) {
        const LimitText text = limit_text(hit);
        table.row({code_cell(hit.name), plain_cell(text.first), plain_cell(text.length),
                   plain_cell(text.delayed), plain_cell(text.delay_mean),
                   plain_cell(text.delay_max), plain_cell(text.refused)},
                  hit.refused > 0 ? "failed" : "");
    }
    return std::string(kHead) + table.html() + "</section>";
}

}  // namespace twinstorm::report
