#include "scenario/value_reader.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "twinstorm/base/units.h"
#include "twinstorm/plan/nearest_name.h"

namespace twinstorm::scenario {
namespace {

// Takes the text of a scalar that a unit parser is to read.
template <class T, class Parser>
std::optional<T> read_unit(const Value& value, std::string_view form, Parser parse,
                           Mistakes& mistakes) {
    if (value.kind != Value::Kind::kScalar) {
        mistakes.add(value.place, fmt::format("{} where {} belongs", describe(value), form));
        return std::nullopt;
    }
    Result<T> parsed = parse(value.scalar);
    if (!parsed) {
        mistakes.add(value.place, std::move(parsed.error().detail));
        return std::nullopt;
    }
    return *parsed;
}

// Digits where the form has `0`, itself where it has anything else.
bool has_form(std::string_view text, std::string_view form) {
    return std::equal(text.begin(), text.end(), form.begin(), form.end(),
                      [](char c, char f) { return f == '0' ? c >= '0' && c <= '9' : c == f; });
}

std::optional<WallTime> parse_instant(std::string_view text) {
    if (!has_form(text, "2000-00-00T00:00:00Z") || !text.starts_with("20")) {
        return std::nullopt;
    }
    const auto number = [text](std::size_t at, std::size_t digits) {
        unsigned value = 0;
        std::from_chars(text.data() + at, text.data() + at + digits, value);
        return value;
    };
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number(0, 4))),
                                           std::chrono::month(number(5, 2)),
                                           std::chrono::day(number(8, 2))};
    if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) {
        return std::nullopt;
    }
    return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(number(11, 2)) +
           std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2));
}

bool contains(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string describe(const Value& value) {
    switch (value.kind) {
        case Value::Kind::kNull:
            return "nothing";
        case Value::Kind::kScalar:
            return fmt::format("`{}`", value.scalar);
        case Value::Kind::kList:
            return "a list";
        case Value::Kind::kMap:
            return "a map";
    }
    return {};
}

std::optional<std::string> read_text(const Value& value, Mistakes& mistakes) {
    if (value.kind != Value::Kind::kScalar) {
        mistakes.add(value.place, fmt::format("{} where text belongs", describe(value)));
        return std::nullopt;
    }
    return value.scalar;
}

std::optional<std::string> read_name(const Value& value, Mistakes& mistakes) {
    const std::optional<std::string> text = read_text(value, mistakes);
    if (!text) {
        return std::nullopt;
    }
    const bool valid = std::all_of(text->begin(), text->end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
    if (!valid || text->empty() || text->size() > kNameCharsMax) {
        mistakes.add(value.place,
                     fmt::format("`{}` is not a name; expected 1 to {} letters, digits, `-` or `_`",
                                 *text, kNameCharsMax));
        return std::nullopt;
    }
    return text;
}

std::optional<std::uint64_t> read_count(const Value& value, CountRange range, Mistakes& mistakes) {
    std::uint64_t number = 0;
    const char* const end = value.scalar.data() + value.scalar.size();
    const auto [rest, error] = std::from_chars(value.scalar.data(), end, number);
    const bool whole = value.kind == Value::Kind::kScalar && !value.quoted && rest == end;
    if (!whole || error != std::errc() || number < range.min || number > range.max) {
        mistakes.add(value.place, fmt::format("{} is out of place; expected a whole number from {} "
                                              "to {}",
                                              describe(value), range.min, range.max));
        return std::nullopt;
    }
    return number;
}

std::optional<bool> read_flag(const Value& value, Mistakes& mistakes) {
    const bool plain = value.kind == Value::Kind::kScalar && !value.quoted;
    if (!plain || (value.scalar != "true" && value.scalar != "false")) {
        mistakes.add(value.place, fmt::format("{} is out of place; expected `true` or `false`",
                                              describe(value)));
        return std::nullopt;
    }
    return value.scalar == "true";
}

std::optional<Duration> read_duration(const Value& value, const DurationRange& range,
                                      Mistakes& mistakes) {
    const auto duration =
        read_unit<Duration>(value, "a duration such as `250ms`", parse_duration, mistakes);
    if (duration && (*duration < range.min || *duration > range.max)) {
        mistakes.add(value.place,
                     fmt::format("`{}` is out of range; expected {}", value.scalar, range.text));
        return std::nullopt;
    }
    return duration;
}

std::optional<WallTime> read_instant(const Value& value, Mistakes& mistakes) {
    const std::optional<std::string> text = read_text(value, mistakes);
    if (!text) {
        return std::nullopt;
    }
    const auto instant = parse_instant(*text);
    if (!instant) {
        mistakes.add(value.place,
                     fmt::format("`{}` is no instant; expected one of this century in UTC, such as "
                                 "`2026-01-05T06:00:00Z`",
                                 *text));
    }
    return instant;
}

std::optional<double> read_rate(const Value& value, Mistakes& mistakes) {
    const auto rate = read_unit<double>(value, "a rate such as `100/s`", parse_rate, mistakes);
    if (rate && (*rate < kRateMin || *rate > kRateMax)) {
        mistakes.add(value.place,
                     fmt::format("`{}` is out of range; expected more than 0, at most {:.0f}/s",
                                 value.scalar, kRateMax));
        return std::nullopt;
    }
    return rate;
}

std::optional<double> read_share(const Value& value, Mistakes& mistakes) {
    const auto share = read_unit<double>(value, "a share such as `99%`", parse_share, mistakes);
    if (share && !(*share > 0)) {
        mistakes.add(value.place,
                     fmt::format("`{}` is out of range; expected more than 0%", value.scalar));
        return std::nullopt;
    }
    return share;
}

std::optional<std::size_t> read_choice(const Value& value, const Choices& choices,
                                       Mistakes& mistakes) {
    const std::optional<std::string> text = read_text(value, mistakes);
    if (!text) {
        return std::nullopt;
    }
    const auto found = std::find(choices.served.begin(), choices.served.end(), *text);
    if (found != choices.served.end()) {
        return static_cast<std::size_t>(found - choices.served.begin());
    }
    if (contains(choices.planned, *text)) {
        mistakes.add(value.place,
                     fmt::format("{} `{}` is not supported yet; expected one of `{}`", choices.what,
                                 *text, fmt::join(choices.served, "`, `")));
    } else {
        mistakes.add(value.place, fmt::format("unknown {} `{}`; {}", choices.what, *text,
                                              plan::suggest(*text, choices.served)));
    }
    return std::nullopt;
}

}  // namespace twinstorm::scenario
