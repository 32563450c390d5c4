#include "events/instant_text.h"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace twinstorm::events {

namespace {

constexpr std::string_view kShape = "0000-00-00T00:00:00";
constexpr int kYearMin = 1970;
constexpr int kYearMax = 2261;  // What nanoseconds in 64 bits can tell.
constexpr std::int64_t kMillisecondsMax = 9'214'646'400'000;  // The start of 2262.

[[nodiscard]] bool has_shape(std::string_view text) {
    if (text.size() < kShape.size()) {
        return false;
    }
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) {
            return false;
        }
    }
    return true;
}

[[nodiscard]] int number(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

// `.678Z` and the like; none when it is something else.
[[nodiscard]] std::optional<Duration> parse_fraction(std::string_view text) {
    if (text.ends_with('Z')) {
        text.remove_suffix(1);
    }
    if (text.empty()) {
        return Duration::zero();
    }
    if (text.front() != '.' || text.size() == 1) {
        return std::nullopt;
    }
    std::int64_t nanoseconds = 0;
    std::int64_t unit = 100'000'000;
    for (const char digit : text.substr(1)) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        nanoseconds += (digit - '0') * unit;
        unit /= 10;
    }
    return Duration(nanoseconds);
}

[[nodiscard]] std::optional<WallTime> parse_milliseconds(std::string_view text) {
    std::int64_t milliseconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
    if (error != std::errc{} || end != text.data() + text.size() || milliseconds < 0 ||
        milliseconds > kMillisecondsMax) {
        return std::nullopt;
    }
    return WallTime(std::chrono::milliseconds(milliseconds));
}

}  // namespace

std::optional<WallTime> parse_instant(std::string_view text) {
    if (!has_shape(text)) {
        return parse_milliseconds(text);
    }
    const int year = number(text.substr(0, 4));
    const auto day = std::chrono::year_month_day(
        std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2)))));
    const int hours = number(text.substr(11, 2));
    const int minutes = number(text.substr(14, 2));
    const int seconds = number(text.substr(17, 2));
    const auto fraction = parse_fraction(text.substr(kShape.size()));
    if (!day.ok() || year < kYearMin || year > kYearMax || hours > 23 || minutes > 59 ||
        seconds > 60 || !fraction) {
        return std::nullopt;
    }
    return WallTime(std::chrono::sys_days(day)) + std::chrono::hours(hours) +
           std::chrono::minutes(minutes) + std::chrono::seconds(seconds) + *fraction;
}

}  // namespace twinstorm::events
