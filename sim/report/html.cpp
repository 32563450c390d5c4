#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "report/packed.h"
#include "report/page_assets.h"
#include "report/page_data.h"
#include "report/sections.h"
#include "report/text.h"
#include "report/verdict_text.h"
#include "twinstorm/base/check.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

struct Filling {
    std::string_view placeholder;
    std::string html;
};
using Fillings = std::array<Filling, 27>;

Fillings fillings_of(const stats::RunResult& result) {
    const std::string_view word = verdict_word(result.verdict);
    const std::string reasons =
        result.verdict == stats::Verdict::kInvalid ? reasons_list(result) : std::string();
    return {{
        {"title", html_text(fmt::format("{}: {} · Twinstorm", word, result.name))},
        {"uplot_css", std::string(kUplotCss)},
        {"page_css", std::string(kPageCss)},
        {"verdict_class", std::string(stats::name(result.verdict))},
        {"name", html_text(result.name)},
        {"verdict_sign", std::string(verdict_sign(result.verdict))},
        {"verdict_word", std::string(word)},
        {"verdict_sentence", html_text(verdict_sentence(result))},
        {"reasons", reasons},
        {"question", html_text(result.question)},
        {"facts", facts_section(result)},
        {"keys", key_numbers_section(result)},
        {"gates", gates_section(result)},
        {"hops", hops_section(result)},
        {"convergence", convergence_section(result)},
        {"latency", latency_section(result)},
        {"phases", phases_section(result)},
        {"groups", groups_section(result)},
        {"limits", limits_section(result)},
        {"playbooks", playbooks_section(result)},
        {"harness", harness_section(result)},
        {"ledger", ledger_section(result)},
        {"environment", environment_section(result)},
        {"scenario", scenario_section(result)},
        {"data", page_data(result)},
        {"uplot", packed(kUplotScript)},
        {"page_script", std::string(kPageScript)},
    }};
}

const std::string& content_for(const Fillings& fillings, std::string_view placeholder) {
    for (const Filling& filling : fillings) {
        if (filling.placeholder == placeholder) {
            return filling.html;
        }
    }
    TWINSTORM_CHECK(!"the page names a placeholder that nothing fills");
    return fillings.front().html;
}

}  // namespace

// One pass over the frame: braces inside what is filled in are never looked at again.
std::string html(const stats::RunResult& result) {
    const Fillings fillings = fillings_of(result);
    std::string page;
    std::string_view rest = kPageHtml;
    for (std::size_t open = rest.find("{{"); open != std::string_view::npos;
         open = rest.find("{{")) {
        const std::size_t close = rest.find("}}", open);
        TWINSTORM_CHECK(close != std::string_view::npos);
        page += rest.substr(0, open);
        page += content_for(fillings, rest.substr(open + 2, close - open - 2));
        rest.remove_prefix(close + 2);
    }
    page += rest;
    return page + "\n";
}

}  // namespace twinstorm::report
