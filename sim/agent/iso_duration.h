// Durations as ISO 8601 writes them: `PT7M`, `P1DT12H`, `PT0.5S`.
//
// Rules:  `P[nY][nM][nW][nD][T[nH][nM][nS]]`, a fraction on the last component only. Months count
//         30 days and years 365, as Defender's agent in C takes them.
// Limits: what is longer than kIsoDurationMax is none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "twinstorm/base/time.h"

namespace twinstorm::agent {

inline constexpr Duration kIsoDurationMax = std::chrono::hours(24 * 365 * 100);

[[nodiscard]] std::optional<Duration> parse_iso_duration(std::string_view text);
// In days, hours, minutes and seconds; not for negative ones.
void append_iso_duration(std::string& text, Duration duration);
[[nodiscard]] std::string format_iso_duration(Duration duration);

}  // namespace twinstorm::agent
