// What a person probably meant by an unknown name: the known one with the fewest typing slips.
//
// A slip is a character too many, too few, wrong, or swapped with its neighbour; case is none.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace twinstorm::plan {

// Names are compared by their first characters only, so that no input makes this slow.
inline constexpr std::size_t kComparedCharsMax = 128;

[[nodiscard]] std::size_t typing_slips(std::string_view left, std::string_view right);

// The first of the nearest; none when nothing is known.
[[nodiscard]] std::optional<std::string_view> nearest_name(std::string_view wrong,
                                                           std::span<const std::string_view> known);

// "did you mean `devices`?" for a near miss, else "expected one of `a`, `b`"; without known names,
// "expected none".
[[nodiscard]] std::string suggest(std::string_view wrong, std::span<const std::string_view> known);

}  // namespace twinstorm::plan
