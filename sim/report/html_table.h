// A table of the page: caption, column heads, rows whose first cell names them. It scrolls inside
// itself where the screen is narrow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twinstorm::report {

struct HtmlCell {
    std::string html;  // Already escaped.
};
[[nodiscard]] HtmlCell plain_cell(std::string_view text);
[[nodiscard]] HtmlCell code_cell(std::string_view text);
[[nodiscard]] HtmlCell noted_cell(std::string_view text, std::string_view note);  // Two lines.
[[nodiscard]] HtmlCell mark_cell(bool good, std::string_view word);  // A sign, a word, a colour.

class HtmlTable {
public:
    // Heads that begin with `#` stand over numbers, which are set to the right.
    HtmlTable(std::string_view caption, const std::vector<std::string_view>& heads);

    void row(const std::vector<HtmlCell>& cells, std::string_view css_class = {});
    [[nodiscard]] std::string html() const;

private:
    std::string caption_;
    std::vector<bool> numeric_;
    std::string head_;
    std::string body_;
};

}  // namespace twinstorm::report
