#include "hub/iso_instant.h"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace twinstorm::hub {
namespace {

constexpr int kYearMin = 1970;
constexpr int kYearMax = 2261;

// `0` stands for a digit; all else for itself.
bool has_shape(std::string_view text, std::string_view shape) {
    if (text.size() != shape.size()) {
        return false;
    }
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == '0' ? !digit : text[i] != shape[i]) {
            return false;
        }
    }
    return true;
}

int number(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::optional<WallTime> read_seconds(std::string_view text) {
    if (!has_shape(text, "0000-00-00T00:00:00")) {
        return std::nullopt;
    }
    const int year = number(text.substr(0, 4));
    const std::chrono::year_month_day day{
        std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(number(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(number(text.substr(8, 2))))};
    const int hours = number(text.substr(11, 2));
    const int minutes = number(text.substr(14, 2));
    const int seconds = number(text.substr(17, 2));
    if (!day.ok() || year < kYearMin || year > kYearMax || hours > 23 || minutes > 59 ||
        seconds > 60) {
        return std::nullopt;
    }
    return WallTime(std::chrono::sys_days(day)) + std::chrono::hours(hours) +
           std::chrono::minutes(minutes) + std::chrono::seconds(seconds);
}

// `.5` and the like, up to where something else follows; takes it from the text.
std::optional<Duration> take_fraction(std::string_view& text) {
    if (!text.starts_with('.')) {
        return Duration::zero();
    }
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    const std::string_view digits = text.substr(1, end == std::string_view::npos ? end : end - 1);
    text.remove_prefix(1 + digits.size());
    std::int64_t nanoseconds = 0;
    std::int64_t unit = 100'000'000;
    for (const char digit : digits) {
        nanoseconds += (digit - '0') * unit;
        unit /= 10;
    }
    return digits.empty() ? std::nullopt : std::optional(Duration(nanoseconds));
}

std::optional<Duration> read_offset(std::string_view text) {
    if (text.empty() || text == "Z" || text == "z") {
        return Duration::zero();
    }
    if (!has_shape(text.substr(1), "00:00") || (text[0] != '+' && text[0] != '-')) {
        return std::nullopt;
    }
    const Duration offset = std::chrono::hours(number(text.substr(1, 2))) +
                            std::chrono::minutes(number(text.substr(4, 2)));
    return text[0] == '+' ? offset : -offset;
}

}  // namespace

std::optional<WallTime> read_iso_instant(std::string_view text) {
    constexpr std::size_t kSecondsLength = 19;
    const auto seconds = read_seconds(text.substr(0, kSecondsLength));
    if (!seconds) {
        return std::nullopt;
    }
    text.remove_prefix(kSecondsLength);
    const auto fraction = take_fraction(text);
    const auto offset = read_offset(text);
    if (!fraction || !offset) {
        return std::nullopt;
    }
    return *seconds + *fraction - *offset;
}

}  // namespace twinstorm::hub
