#include "twinstorm/base/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include <fmt/format.h>

namespace twinstorm {
namespace {

struct Unit {
    std::string_view name;
    double factor;
};

constexpr std::array kDurationUnits{Unit{"ns", 1e0},    Unit{"us", 1e3}, Unit{"ms", 1e6},
                                    Unit{"s", 1e9},     Unit{"m", 60e9}, Unit{"h", 3'600e9},
                                    Unit{"d", 86'400e9}};
constexpr std::array kRateUnits{Unit{"/s", 1.0}, Unit{"/m", 1.0 / 60}, Unit{"/h", 1.0 / 3'600},
                                Unit{"/d", 1.0 / 86'400}};
constexpr std::array kSizeUnits{
    Unit{"B", 1.0},  Unit{"KiB", 1024.0}, Unit{"MiB", 1048576.0}, Unit{"GiB", 1073741824.0},
    Unit{"kB", 1e3}, Unit{"MB", 1e6},     Unit{"GB", 1e9}};
constexpr std::array kShareUnits{Unit{"%", 0.01}};

struct Form {
    std::string_view what;
    std::string_view example;
    std::span<const Unit> units;
    double largest;  // In the base unit, so that conversions cannot overflow.
};

Result<double> parse(std::string_view text, const Form& form) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    const std::string_view suffix(rest, static_cast<std::size_t>(end - rest));
    for (const Unit& unit : form.units) {
        if (error == std::errc() && suffix == unit.name && number >= 0 &&
            number * unit.factor <= form.largest) {
            return number * unit.factor;
        }
    }
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("`{}` is not a {}; expected a form such as `{}`", text, form.what,
                            form.example));
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
    return parse(text, {"duration", "250ms", kDurationUnits, 9e18}).map([](double nanoseconds) {
        return Duration(std::llround(nanoseconds));
    });
}

Result<double> parse_rate(std::string_view text) {
    return parse(text, {"rate", "100/s", kRateUnits, 1e9});
}

Result<std::uint64_t> parse_size(std::string_view text) {
    return parse(text, {"size", "4KiB", kSizeUnits, 1e18}).map([](double bytes) {
        return static_cast<std::uint64_t>(std::llround(bytes));
    });
}

Result<double> parse_share(std::string_view text) {
    return parse(text, {"share", "99%", kShareUnits, 1.0});
}

std::string format_duration(Duration duration) {
    const double nanoseconds = static_cast<double>(duration.count());
    const double magnitude = std::abs(nanoseconds);
    struct Step {
        double from;
        double factor;
        std::string_view name;
    };
    constexpr std::array kSteps{Step{3'600e9, 3'600e9, "h"}, Step{120e9, 60e9, "min"},
                                Step{1e9, 1e9, "s"}, Step{1e6, 1e6, "ms"}, Step{1e3, 1e3, "us"}};
    for (const Step& step : kSteps) {
        if (magnitude >= step.from) {
            return fmt::format("{:.3g}{}", nanoseconds / step.factor, step.name);
        }
    }
    return fmt::format("{:.3g}ns", nanoseconds);
}

std::string format_count(double count) {
    if (std::abs(count) < 100 && count != std::floor(count)) {
        return fmt::format("{:.3g}", count);
    }
    std::string digits = fmt::format("{:.0f}", std::abs(count));
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, ",");
    }
    return count < 0 ? "-" + digits : digits;
}

std::string format_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 4> kNames{"KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes);
    if (bytes < 1024) {
        return fmt::format("{} B", bytes);
    }
    std::size_t step = 0;
    for (value /= 1024; value >= 1024 && step + 1 < kNames.size(); value /= 1024) {
        ++step;
    }
    return fmt::format("{:.1f} {}", value, kNames[step]);
}

}  // namespace twinstorm
