#include "report/html_table.h"

#include <cstddef>

#include <fmt/format.h>

#include "report/text.h"
#include "twinstorm/base/check.h"

namespace twinstorm::report {

HtmlCell plain_cell(std::string_view text) {
    return {html_text(text)};
}

HtmlCell code_cell(std::string_view text) {
    return {fmt::format("<code>{}</code>", html_text(text))};
}

HtmlCell noted_cell(std::string_view text, std::string_view note) {
    return {fmt::format("{}<small>{}</small>", html_text(text), html_text(note))};
}

HtmlCell mark_cell(bool good, std::string_view word) {
    return {fmt::format(R"(<span class="mark {}"><i aria-hidden="true">{}</i>{}</span>)",
                        good ? "good" : "bad", good ? "✓" : "✕", html_text(word))};
}

HtmlTable::HtmlTable(std::string_view caption, const std::vector<std::string_view>& heads)
    : caption_(html_text(caption)) {
    for (const std::string_view head : heads) {
        const bool numeric = !head.empty() && head.front() == '#';
        numeric_.push_back(numeric);
        head_ += fmt::format(R"(<th scope="col"{}>{}</th>)", numeric ? R"( class="n")" : "",
                             html_text(numeric ? head.substr(1) : head));
    }
}

void HtmlTable::row(const std::vector<HtmlCell>& cells, std::string_view css_class) {
    TWINSTORM_CHECK(cells.size() == numeric_.size());
    body_ += css_class.empty() ? "<tr>" : fmt::format(R"(<tr class="{}">)", css_class);
    for (std::size_t column = 0; column < cells.size(); ++column) {
        const std::string_view opening = column == 0        ? R"(<th scope="row">)"
                                         : numeric_[column] ? R"(<td class="n">)"
                                                            : "<td>";
        body_ += fmt::format("{}{}</{}>", opening, cells[column].html, column == 0 ? "th" : "td");
    }
    body_ += "</tr>\n";
}

std::string HtmlTable::html() const {
    return fmt::format(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">"
        "<table><caption>{0}</caption>\n<thead><tr>{1}</tr></thead>\n<tbody>\n{2}</tbody></table>"
        "</div>\n",
        caption_, head_, body_);
}

}  // namespace twinstorm::report
