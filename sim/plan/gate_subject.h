// The left side of a gate, taken apart: which number of a run it means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/stats/metric.h"

namespace twinstorm::plan {

enum class Statistic : std::uint8_t { kMin, kMean, kMax, kCount, kPercentile };

struct LatencySubject {
    stats::Metric metric{};
    Statistic statistic = Statistic::kCount;
    double quantile = 0;         // Of a percentile, 0..1.
    std::string statistic_name;  // As written: `p99`.
};

struct CountSubject {
    stats::Counter counter{};
    bool rate = false;
};

// Of the devices that played threats, the share that the mock hub confirms.
struct PlaybookSubject {};
inline constexpr std::string_view kPlaybooksConfirmed = "playbooks.confirmed";

using Subject = std::variant<LatencySubject, CountSubject, PlaybookSubject>;

// Known only once a mock hub's books are laid beside the fleet's, at the end of the run.
[[nodiscard]] bool is_known_to_mock_only(stats::Counter counter);
// Of those, what the hub's throttles counted.
[[nodiscard]] bool is_throttle(stats::Counter counter);

// Errors: kInvalidArgument with the nearest known name.
[[nodiscard]] Result<Subject> parse_subject(std::string_view text);

}  // namespace twinstorm::plan
