// A FlatBuffers body against the public schema 2.3 of the micro agent.
#pragma once

#include <string_view>

#include "defender/verdict.h"

namespace twinstorm::defender {

[[nodiscard]] Flaw check_flat_message(std::string_view body);

}  // namespace twinstorm::defender
