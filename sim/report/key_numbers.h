// The handful of numbers that answer most questions, for the top of the page and the Markdown.
#pragma once

#include <string>
#include <vector>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

struct KeyNumber {
    std::string label;
    std::string value;
    std::string note;  // Context, in one short line.
};

[[nodiscard]] std::vector<KeyNumber> key_numbers(const stats::RunResult& result);

}  // namespace twinstorm::report
