// The texts that stand for values of schema 1.0: what is allowed where.
#pragma once

#include <cstdint>
#include <string_view>

#include "defender/json_schema.h"

namespace twinstorm::defender {

inline constexpr std::int64_t kPortMax = 65'535;
inline constexpr std::string_view kAggregated = "Aggregated";

// Only for forms that are written as texts. `shipped`: and what shipped agents write instead.
[[nodiscard]] bool has_text_form(std::string_view text, Form form, bool shipped);

// The fields that must be there, as a mask of their places.
[[nodiscard]] std::uint32_t required(Fields fields, bool shipped);

}  // namespace twinstorm::defender
