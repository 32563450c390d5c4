// Reads values of a twin's desired section; what cannot be read is none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "twinstorm/agent/configuration.h"

namespace twinstorm::agent {

// Longer times count as ten years. The documents name no upper bound, so such a value is no
// mistake.
inline constexpr std::uint64_t kMinutesMax = std::uint64_t{10} * 366 * 24 * 60;

using Intervals = std::array<std::uint32_t, kPriorityCount>;

[[nodiscard]] std::optional<std::uint64_t> read_positive(const boost::json::value& value);
[[nodiscard]] std::optional<Priority> read_priority(const boost::json::value& value);
// `"<High>,<Medium>,<Low>"` in minutes. Each *should* be a multiple of the next faster one; the
// documents ask for no more than that, so other values are kept.
[[nodiscard]] std::optional<Intervals> read_intervals(const boost::json::value& value);

// The items of a comma-separated list, without the blanks around them and without empty ones.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view text);

// Which of the catalogue's checks two lists of the twin take out.
[[nodiscard]] std::bitset<kChecksMax> checks_named(std::string_view groups, std::string_view ids);
// Which of the catalogue's paths lie in one of the listed folders, or are listed themselves.
[[nodiscard]] std::bitset<kPathsMax> paths_below(std::string_view folders, bool recursive);

}  // namespace twinstorm::agent
