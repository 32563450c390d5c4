// One placeholder of a payload: what stands between its braces.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "twinstorm/agent/persona_template.h"

namespace twinstorm::scenario {

inline constexpr int kDecimalsMax = 9;
inline constexpr std::size_t kChoicesMax = 256;

// What is wrong is said as for a Mistake.
[[nodiscard]] tl::expected<agent::Piece, std::string> parse_placeholder(
    std::string_view text, const std::vector<agent::DesiredKey>& desired);

// Whether a text begins as a placeholder does: `time`, `integer:0..9`.
[[nodiscard]] bool looks_like_a_placeholder(std::string_view text);

}  // namespace twinstorm::scenario
