#include <string>
#include <string_view>

#include <fmt/format.h>

#include "report/html_table.h"
#include "report/numbers.h"
#include "report/playbook_text.h"
#include "report/sections.h"
#include "report/text.h"

namespace twinstorm::report {
namespace {

constexpr std::string_view kHead =
    "\n\n<section aria-labelledby=\"playbooks\"><h2 id=\"playbooks\">Threats played</h2>\n"
    "<p class=\"lead\">Event patterns that raise an alert, played on a share of the fleet. The "
    "hub\n"
    "confirms a device when its messages with these events arrived and were accepted; what it\n"
    "ignores it acknowledges all the same.</p>\n";

}  // namespace

// Nothing at all, not even a heading, when nothing was played.
std::string playbooks_section(const stats::RunResult& result) {
    if (result.playbooks.empty()) {
        return {};
    }
    HtmlTable table("Threat playbooks", {"Playbook", "Where", "#Played", "#Messages",
                                         "#Acknowledged", "#Arrived", "#Accepted", "Confirmed"});
    for (const stats::PlaybookResult* const shown : shown_playbooks(result.playbooks)) {
        const stats::PlaybookResult& row = *shown;
        const PlaybookText text = playbook_text(row);
        const std::string ignored = text.ignored.empty() ? "" : "ignored: " + text.ignored;
        table.row({noted_cell(row.playbook, text.alert), plain_cell(text.where),
                   plain_cell(text.played), plain_cell(count_text(row.messages)),
                   plain_cell(count_text(row.acked)), plain_cell(text.arrived),
                   plain_cell(text.accepted), noted_cell(text.verdict, ignored)},
                  text.good ? "" : "failed");
    }
    const std::string rest = playbooks_left_out(result.playbooks.size());
    return std::string(kHead) + table.html() +
           (rest.empty() ? "" : fmt::format("<p>{}</p>\n", html_text(rest))) + "</section>";
}

}  // namespace twinstorm::report
