// Tells whether two runs ran the same plan, however their scenarios were written down.
//
// Covers every value of the plan, defaults and seed included; not the question, the source's
// wording, nor any secret. Results with different hashes should not be compared without a reason.
#pragma once

#include <string>

#include "twinstorm/plan/plan.h"

namespace twinstorm::plan {

// One line per value, in a fixed order and in base units: what the hash is taken of.
[[nodiscard]] std::string canonical_text(const Plan& plan);

[[nodiscard]] std::string plan_hash(const Plan& plan);  // 16 hexadecimal digits.

}  // namespace twinstorm::plan
