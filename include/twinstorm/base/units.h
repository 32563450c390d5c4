// Numbers with their units, as a person writes and reads them: `250ms`, `100/s`, `4KiB`, `99%`.
//
// Errors: kInvalidArgument with what was expected. Parsing is exact about units: a bare number
//         is a mistake where a unit belongs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"

namespace twinstorm {

[[nodiscard]] Result<Duration> parse_duration(std::string_view text);  // ns us ms s m h d
[[nodiscard]] Result<double> parse_rate(std::string_view text);        // per second; /s /m /h /d
[[nodiscard]] Result<std::uint64_t> parse_size(
    std::string_view text);                                       // bytes; B KiB MiB GiB kB MB GB
[[nodiscard]] Result<double> parse_share(std::string_view text);  // 0..1 from `99%`

[[nodiscard]] std::string format_duration(Duration duration);  // Three digits: `1.25ms`, `12.3s`.
[[nodiscard]] std::string format_count(double count);          // `950`, `12,345`.
[[nodiscard]] std::string format_size(std::uint64_t bytes);    // `4.0 KiB`.

}  // namespace twinstorm
