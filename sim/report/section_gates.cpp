#include <fmt/format.h>

#include "report/html_table.h"
#include "report/key_numbers.h"
#include "report/numbers.h"
#include "report/sections.h"
#include "report/text.h"

namespace twinstorm::report {

std::string gates_section(const stats::RunResult& result) {
    if (result.gates.empty()) {
        return "<p class=\"none\">This scenario sets no gates: nothing was required of the run."
               "</p>\n";
    }
    HtmlTable table("Gates, as the scenario states them",
                    {"Gate", "Result", "#Actual", "#Limit", "Why"});
    for (const stats::GateResult& gate : result.gates) {
        const GateText text = gate_text(gate);
        table.row(
            {code_cell(gate.expression), mark_cell(gate.passed, gate.passed ? "met" : "failed"),
             plain_cell(text.actual), plain_cell(text.limit), plain_cell(text.margin)},
            gate.passed ? "" : "failed");
    }
    return table.html();
}

std::string key_numbers_section(const stats::RunResult& result) {
    std::string html = "<dl class=\"keys\">\n";
    for (const KeyNumber& number : key_numbers(result)) {
        html +=
            fmt::format("<div><dt>{}</dt><dd><strong>{}</strong><span>{}</span></dd></div>\n",
                        html_text(number.label), html_text(number.value), html_text(number.note));
    }
    return html + "</dl>\n";
}

}  // namespace twinstorm::report
