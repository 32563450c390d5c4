// A threat playbook that was played, in words: shared by the page and the Markdown.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "twinstorm/stats/playbook_result.h"

namespace twinstorm::report {

// Rows of one table; the rest is in result.json, and the table says so.
inline constexpr std::size_t kPlaybookRowsMax = 20;

struct PlaybookText {
    std::string alert;    // Its type, or that it has none.
    std::string where;    // `outbreak · gateways · micro-linux`
    std::string played;   // `100 on 50`
    std::string arrived;  // `97`, or a dash.
    std::string accepted;
    std::string ignored;  // `3 wrong-type, 1 unknown-event`; empty: none.
    std::string verdict;  // `all 50 devices`, `47 of 50 devices`, `unknown`
    bool good = true;     // Nothing is missing of what could be told.
};
[[nodiscard]] PlaybookText playbook_text(const stats::PlaybookResult& row);

// The rows of a table, as planned; those with something missing first where there are too many.
[[nodiscard]] std::vector<const stats::PlaybookResult*> shown_playbooks(
    const std::vector<stats::PlaybookResult>& rows);
// `3 more rows stand in result.json.`; empty when the table shows all.
[[nodiscard]] std::string playbooks_left_out(std::size_t rows);

}  // namespace twinstorm::report
