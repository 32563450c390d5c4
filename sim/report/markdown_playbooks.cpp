#include "report/markdown_playbooks.h"

#include <fmt/format.h>

#include "report/numbers.h"
#include "report/playbook_text.h"
#include "report/text.h"

namespace twinstorm::report {

std::string markdown_playbooks(const stats::RunResult& result) {
    if (result.playbooks.empty()) {
        return {};
    }
    std::string text =
        "### Threats played\n\n| Playbook | Alert | Where | Played | Messages | Acknowledged | "
        "Arrived | Accepted | Ignored | Confirmed |\n"
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |\n";
    for (const stats::PlaybookResult* const shown : shown_playbooks(result.playbooks)) {
        const stats::PlaybookResult& row = *shown;
        const PlaybookText words = playbook_text(row);
        text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {}{} |\n",
                            markdown_code(row.playbook), markdown_text(words.alert),
                            markdown_text(words.where), words.played, count_text(row.messages),
                            count_text(row.acked), words.arrived, words.accepted,
                            words.ignored.empty() ? kNone : markdown_text(words.ignored),
                            words.good ? "" : "✕ ", words.verdict);
    }
    const std::string rest = playbooks_left_out(result.playbooks.size());
    return text + (rest.empty() ? "" : "\n" + rest + "\n") + "\n";
}

}  // namespace twinstorm::report
