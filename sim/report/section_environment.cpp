#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "report/fleet_text.h"
#include "report/html_table.h"
#include "report/numbers.h"
#include "report/sections.h"
#include "report/text.h"

namespace twinstorm::report {

std::string facts_section(const stats::RunResult& result) {
    const std::array<std::pair<std::string_view, std::string>, 6> facts{{
        {"Started", result.started_at},
        {"Ran for", seconds_text(result.duration_s)},
        {"Measured", seconds_text(result.measured_s)},
        {"Seed", fmt::format("{}", result.seed)},
        {"Plan", result.plan_hash},
        {"Encoding", encodings_text(result)},
    }};
    std::string html = "<dl class=\"facts\">";
    for (const auto& [name, value] : facts) {
        if (!value.empty()) {
            html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, html_text(value));
        }
    }
    return html + "</dl>\n";
}

std::string environment_section(const stats::RunResult& result) {
    if (result.environment.empty()) {
        return "<p class=\"none\">The result names no environment.</p>\n";
    }
    HtmlTable table("Where and how it ran", {"What", "Value"});
    for (const auto& [name, value] : result.environment) {
        table.row({plain_cell(name), plain_cell(value)});
    }
    return table.html();
}

std::string scenario_section(const stats::RunResult& result) {
    if (result.scenario.empty()) {
        return "<p class=\"none\">The result carries no scenario.</p>\n";
    }
    return fmt::format(
        "<pre tabindex=\"0\" role=\"region\" aria-label=\"The scenario's YAML\">"
        "<code>{}</code></pre>\n",
        html_text(result.scenario));
}

}  // namespace twinstorm::report
