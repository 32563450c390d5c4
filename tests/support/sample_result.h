// Results as runs would leave them, made up from fixed seeds: the same bytes on every machine.
//
// Use:    sample_result() has every field filled; the others start from it and change what their
//         name says. For tests of whatever reads a result; never shown to people as a measurement.
#pragma once

#include <cstdint>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::test {

[[nodiscard]] stats::RunResult sample_result();  // Passed; mock hub; two groups; one roll-out.
[[nodiscard]] stats::RunResult failed_result();  // Two gates missed, one of them without samples.
[[nodiscard]] stats::RunResult invalid_result();
[[nodiscard]] stats::RunResult
interrupted_result();                             // A real hub: what only a mock knows is empty.
[[nodiscard]] stats::RunResult empty_result();    // Ended before the first sample.
[[nodiscard]] stats::RunResult hostile_result();  // Names and texts that try to break a page.
[[nodiscard]] stats::RunResult long_result(std::uint32_t seconds);

}  // namespace twinstorm::test
