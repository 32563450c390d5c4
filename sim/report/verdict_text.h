// The verdict in words: what the page, the Markdown and JUnit say first.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

[[nodiscard]] std::string_view verdict_word(stats::Verdict verdict);  // `Passed`
[[nodiscard]] std::string_view verdict_sign(stats::Verdict verdict);  // `✓`: never colour alone.
[[nodiscard]] std::string verdict_sentence(const stats::RunResult& result);  // Plain text.

}  // namespace twinstorm::report
