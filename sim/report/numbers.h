// Numbers as a reader of the report sees them: three digits, a unit, thousands apart.
//
// Units:  the parameter's name says what goes in; the text carries its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "twinstorm/stats/histogram.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

inline constexpr std::string_view kNone = "–";  // In place of a number that does not exist.

[[nodiscard]] std::string latency_text(double latency_us);  // `870 µs`, `12.3 ms`, `1.50 s`
[[nodiscard]] std::string seconds_text(double duration_s);  // `12.3 s`, `4 min 10 s`
[[nodiscard]] std::string share_text(double share);         // `98.5 %`, never rounded up to 100.
[[nodiscard]] std::string count_text(std::uint64_t count);  // `12,345`
[[nodiscard]] std::string rate_text(std::uint64_t count, double duration_s);  // `1,998/s`, or –

// `–` for a histogram without samples.
[[nodiscard]] std::string quantile_text(const stats::Histogram& histogram, double quantile);

struct GateText {
    std::string actual;
    std::string limit;
    std::string margin;  // `18 % to spare`, `22 % over the limit`, or the gate's own reason.
};
[[nodiscard]] GateText gate_text(const stats::GateResult& gate);

// For the page's data: as few characters as three digits allow.
[[nodiscard]] std::string compact_number(double value);

// When the share of the curve's agents had confirmed; none when it never came to that.
[[nodiscard]] std::optional<double> second_at_share(const stats::ConvergenceCurve& curve,
                                                    double share);

}  // namespace twinstorm::report
