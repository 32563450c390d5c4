// A JSON body against schema 1.0.
#pragma once

#include <string_view>

#include "defender/verdict.h"

namespace twinstorm::defender {

[[nodiscard]] Flaw check_json_message(std::string_view body, Mode mode);

}  // namespace twinstorm::defender
