// The playbooks of a run as a Markdown table with its heading; nothing when none was played.
#pragma once

#include <string>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

[[nodiscard]] std::string markdown_playbooks(const stats::RunResult& result);

}  // namespace twinstorm::report
