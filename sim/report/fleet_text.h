// The fleet in a few words: how its messages were written, and which identities were not as they
// should be. Empty where a result does not tell.
#pragma once

#include <string>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

// `json-1.0: 60,000 messages, 70.8 MiB; flatbuffers-2.3: ...`
[[nodiscard]] std::string encodings_text(const stats::RunResult& result);

// All personas of all groups together.
[[nodiscard]] stats::IdentityCounts identities_of(const stats::RunResult& result);
[[nodiscard]] std::string states_text(
    const stats::IdentityCounts& counts);  // `5 absent, 4 rejected`

}  // namespace twinstorm::report
