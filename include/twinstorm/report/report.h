// Renders a run's result: pure functions from one RunResult to each of its files.
#pragma once

#include <string>

#include "twinstorm/base/error.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

[[nodiscard]] std::string html(const stats::RunResult& result);      // One self-contained page.
[[nodiscard]] std::string junit(const stats::RunResult& result);     // One test case per gate.
[[nodiscard]] std::string markdown(const stats::RunResult& result);  // For a pull request.
[[nodiscard]] std::string timeline_csv(const stats::RunResult& result);

// Writes result.json first, then the rest, each through a temporary file and a rename.
// Errors: kIo or kExhausted (disk full) with the path; what was written before stays.
[[nodiscard]] Result<void> write_folder(const stats::RunResult& result, const std::string& folder);

// The renderings alone, beside a result.json that stays as it is.
[[nodiscard]] Result<void> write_renderings(const stats::RunResult& result,
                                            const std::string& folder);

}  // namespace twinstorm::report
