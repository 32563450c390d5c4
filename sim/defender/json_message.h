// A JSON body against schema 1.0: accepted at a glance where it is plainly right, else looked at
// member by member, so that the verdict names the first flaw.
#pragma once

#include <string_view>

#include "defender/verdict.h"

namespace twinstorm::defender {

[[nodiscard]] Flaw check_json_message(std::string_view body, Mode mode);

// The close look alone; its word is final.
[[nodiscard]] Flaw find_flaw(std::string_view body, Mode mode);

}  // namespace twinstorm::defender
