#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "report/harness_text.h"
#include "report/html_table.h"
#include "report/sections.h"
#include "report/text.h"

namespace twinstorm::report {
namespace {

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
    HtmlTable table("The harness, measured", {"Question", "#Answer", "Detail"});
    for (const HarnessFact& fact : harness_facts(result)) {
        table.row({plain_cell(fact.question), plain_cell(fact.answer), plain_cell(fact.detail)});
    }

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
