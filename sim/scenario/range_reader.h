// Ranges, written `from..to`: of counts, durations, numbers and times of day.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "scenario/mistakes.h"
#include "scenario/value_reader.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/base/time.h"

namespace twinstorm::scenario {

template <class T>
struct Range {
    T min{};
    T max{};
};

// What stands on either side of `..`; none without it.
[[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>> split_range(
    std::string_view text);

// A range, or a single value, which is a range of itself.
[[nodiscard]] std::optional<Range<std::uint64_t>> read_count_range(const Value& value,
                                                                   CountRange within,
                                                                   Mistakes& mistakes);
[[nodiscard]] std::optional<Range<Duration>> read_duration_range(const Value& value,
                                                                 const DurationRange& within,
                                                                 Mistakes& mistakes);
// `07:00..19:00`; it may go on over midnight.
[[nodiscard]] std::optional<Range<std::chrono::minutes>> read_day(const Value& value,
                                                                  Mistakes& mistakes);
// `+01:00`, east of UTC.
[[nodiscard]] std::optional<std::chrono::minutes> read_zone(const Value& value, Mistakes& mistakes);

// `15..25.5`, in units of the last of so many decimals, rounded inwards; none when it is no range.
[[nodiscard]] std::optional<Range<std::int64_t>> parse_decimal_range(std::string_view text,
                                                                     int decimals);

}  // namespace twinstorm::scenario
