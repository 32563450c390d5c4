// What the harness itself cost, in words: for the page, the Markdown summary and JUnit alike.
#pragma once

#include <string>
#include <vector>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

struct HarnessFact {
    std::string name;      // `worker_cpu`, for machines.
    std::string question;  // For people.
    std::string answer;
    std::string detail;
};

// In a fixed order; `–` where the run did not measure it.
[[nodiscard]] std::vector<HarnessFact> harness_facts(const stats::RunResult& result);

}  // namespace twinstorm::report
