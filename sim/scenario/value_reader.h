// Reads one value as the type it should have; else none, and a mistake at its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenario/keys.h"
#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/base/time.h"

namespace twinstorm::scenario {

// Names of scenarios, groups and phases: they become parts of ids, paths and override paths.
inline constexpr std::size_t kNameCharsMax = 64;
inline constexpr double kRateMin = 1e-6;  // Per second: one in twelve days.
inline constexpr double kRateMax = 1e6;

struct CountRange {
    std::uint64_t min = 0;
    std::uint64_t max = 0;
};

struct DurationRange {
    Duration min{};
    Duration max{};
    std::string_view text;  // `5m to 30d`
};

template <class T, class U>
void assign(T& target, const std::optional<U>& value) {
    if (value) {
        target = static_cast<T>(*value);
    }
}

// "a list", "a map", "nothing" or "`12`": what stands there, for a message.
[[nodiscard]] std::string describe(const Value& value);

[[nodiscard]] std::optional<std::string> read_text(const Value& value, Mistakes& mistakes);
[[nodiscard]] std::optional<std::string> read_name(const Value& value, Mistakes& mistakes);
[[nodiscard]] std::optional<std::uint64_t> read_count(const Value& value, CountRange range,
                                                      Mistakes& mistakes);
[[nodiscard]] std::optional<bool> read_flag(const Value& value, Mistakes& mistakes);
[[nodiscard]] std::optional<Duration> read_duration(const Value& value, const DurationRange& range,
                                                    Mistakes& mistakes);
// `2026-01-05T06:00:00Z`, of this century.
[[nodiscard]] std::optional<WallTime> read_instant(const Value& value, Mistakes& mistakes);
[[nodiscard]] std::optional<double> read_rate(const Value& value, Mistakes& mistakes);
[[nodiscard]] std::optional<double> read_share(const Value& value, Mistakes& mistakes);
// The index among the served ones.
[[nodiscard]] std::optional<std::size_t> read_choice(const Value& value, const Choices& choices,
                                                     Mistakes& mistakes);

}  // namespace twinstorm::scenario
