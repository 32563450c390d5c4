// The parts of the page that stand without JavaScript: each is a pure function to HTML that fills
// one {{placeholder}} of reports/page/page.html. Headings and explanations live in that file.
#pragma once

#include <string>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

// section_gates.cpp
[[nodiscard]] std::string gates_section(const stats::RunResult& result);
[[nodiscard]] std::string key_numbers_section(const stats::RunResult& result);

// section_twins.cpp
[[nodiscard]] std::string hops_section(const stats::RunResult& result);
[[nodiscard]] std::string convergence_section(const stats::RunResult& result);

// section_latency.cpp
[[nodiscard]] std::string latency_section(const stats::RunResult& result);
[[nodiscard]] std::string phases_section(const stats::RunResult& result);
[[nodiscard]] std::string groups_section(const stats::RunResult& result);

// section_harness.cpp
[[nodiscard]] std::string harness_section(const stats::RunResult& result);
// Reasons and warnings as a list; empty when there are none.
[[nodiscard]] std::string reasons_list(const stats::RunResult& result);

// section_ledger.cpp
[[nodiscard]] std::string ledger_section(const stats::RunResult& result);

// section_limits.cpp
[[nodiscard]] std::string limits_section(const stats::RunResult& result);  // Empty: none was hit.

// section_playbooks.cpp
[[nodiscard]] std::string playbooks_section(const stats::RunResult& result);  // Empty: none.

// section_environment.cpp
[[nodiscard]] std::string facts_section(const stats::RunResult& result);
[[nodiscard]] std::string environment_section(const stats::RunResult& result);
[[nodiscard]] std::string scenario_section(const stats::RunResult& result);

}  // namespace twinstorm::report
