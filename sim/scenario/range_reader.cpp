#include "scenario/range_reader.h"

#include <charconv>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace twinstorm::scenario {
namespace {

constexpr double kExactMax = 9007199254740992.0;  // 2^53: every whole number up to it is exact.

Value part_of(const Value& value, std::string_view text) {
    Value part = value;
    part.scalar = text;
    return part;
}

// Reads both sides, or the whole as both.
template <class T, class Reader>
std::optional<Range<T>> read_range(const Value& value, Reader read, Mistakes& mistakes) {
    const auto sides =
        value.kind == Value::Kind::kScalar ? split_range(value.scalar) : std::nullopt;
    if (!sides) {
        const std::optional<T> both = read(value);
        return both ? std::optional(Range<T>{*both, *both}) : std::nullopt;
    }
    Value from = part_of(value, sides->first);
    Value to = part_of(value, sides->second);
    from.quoted = false;  // The range may well be quoted.
    to.quoted = false;
    const std::optional<T> min = read(from);
    const std::optional<T> max = read(to);
    if (!min || !max) {
        return std::nullopt;
    }
    if (*max < *min) {
        mistakes.add(value.place,
                     fmt::format("`{}` ends before it begins; expected the smaller value first",
                                 value.scalar));
        return std::nullopt;
    }
    return Range<T>{*min, *max};
}

std::optional<unsigned> two_digits(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = text.size() == 2 && error == std::errc() && end == text.data() + 2;
    return whole ? std::optional(number) : std::nullopt;
}

// `07:30`
std::optional<std::chrono::minutes> parse_clock(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') {
        return std::nullopt;
    }
    const auto hours = two_digits(text.substr(0, 2));
    const auto minutes = two_digits(text.substr(3));
    if (!hours || !minutes || *hours > 24 || *minutes > 59 || (*hours == 24 && *minutes > 0)) {
        return std::nullopt;
    }
    return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

std::optional<double> parse_number(std::string_view text) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    const bool whole = error == std::errc() && rest == end && std::isfinite(number);
    return whole ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<std::pair<std::string_view, std::string_view>> split_range(std::string_view text) {
    const std::size_t dots = text.find("..");
    if (dots == std::string_view::npos) {
        return std::nullopt;
    }
    return std::pair(text.substr(0, dots), text.substr(dots + 2));
}

std::optional<Range<std::uint64_t>> read_count_range(const Value& value, CountRange within,
                                                     Mistakes& mistakes) {
    return read_range<std::uint64_t>(
        value, [&](const Value& side) { return read_count(side, within, mistakes); }, mistakes);
}

std::optional<Range<Duration>> read_duration_range(const Value& value, const DurationRange& within,
                                                   Mistakes& mistakes) {
    return read_range<Duration>(
        value, [&](const Value& side) { return read_duration(side, within, mistakes); }, mistakes);
}

std::optional<Range<std::chrono::minutes>> read_day(const Value& value, Mistakes& mistakes) {
    const auto sides =
        value.kind == Value::Kind::kScalar ? split_range(value.scalar) : std::nullopt;
    const auto begin = sides ? parse_clock(sides->first) : std::nullopt;
    const auto end = sides ? parse_clock(sides->second) : std::nullopt;
    if (!begin || !end || *begin == *end) {
        mistakes.add(value.place, fmt::format("{} is no part of a day; expected a form such as "
                                              "`07:00..19:00`",
                                              describe(value)));
        return std::nullopt;
    }
    return Range<std::chrono::minutes>{*begin, *end};
}

std::optional<std::chrono::minutes> read_zone(const Value& value, Mistakes& mistakes) {
    const std::string_view text = value.scalar;
    const bool sign = text.starts_with('+') || text.starts_with('-');
    const auto offset = sign ? parse_clock(text.substr(1)) : std::nullopt;
    if (!offset || *offset > std::chrono::hours(14)) {
        mistakes.add(value.place,
                     fmt::format("{} is no time zone; expected a form such as `+01:00`, at most "
                                 "14 hours",
                                 describe(value)));
        return std::nullopt;
    }
    return text.front() == '-' ? -*offset : *offset;
}

std::optional<Range<std::int64_t>> parse_decimal_range(std::string_view text, int decimals) {
    const auto sides = split_range(text);
    const auto from = sides ? parse_number(sides->first) : std::nullopt;
    const auto to = sides ? parse_number(sides->second) : std::nullopt;
    if (!from || !to) {
        return std::nullopt;
    }
    // A decimal fraction is seldom exact in binary: what is this near to a whole unit means it.
    constexpr double kNear = 1e-6;
    const double units = std::pow(10.0, decimals);
    const double min = std::ceil(*from * units - kNear);
    const double max = std::floor(*to * units + kNear);
    if (!(min <= max) || std::abs(min) > kExactMax || std::abs(max) > kExactMax) {
        return std::nullopt;
    }
    return Range<std::int64_t>{static_cast<std::int64_t>(min), static_cast<std::int64_t>(max)};
}

}  // namespace twinstorm::scenario
