#include "scenario/placeholder_reader.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "scenario/desired_reader.h"
#include "scenario/payload_reader.h"
#include "scenario/persona_keys.h"
#include "scenario/range_reader.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/units.h"
#include "twinstorm/plan/nearest_name.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using agent::Fill;
using agent::Piece;
using Outcome = tl::expected<Piece, std::string>;

constexpr Duration kPaceMin = 1s;
constexpr Duration kPaceMax = 366 * 24h;
constexpr Duration kPaceUsual = 10min;
constexpr int kDecimalsUsual = 1;

struct Parts {
    std::string_view name;
    std::string_view rest;  // After the first colon.
    bool has_rest = false;
};

Parts split(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return {text, {}, false};
    }
    return {text.substr(0, colon), text.substr(colon + 1), true};
}

tl::unexpected<std::string> wrong(std::string_view text, std::string_view expected) {
    return tl::unexpected<std::string>(
        fmt::format("`{{{}}}` is no such placeholder; expected {}", text, expected));
}

std::optional<int> parse_decimals(const Parts& parts) {
    if (!parts.has_rest) {
        return kDecimalsUsual;
    }
    int decimals = 0;
    const char* const end = parts.rest.data() + parts.rest.size();
    const auto [rest, error] = std::from_chars(parts.rest.data(), end, decimals);
    const bool valid =
        error == std::errc() && rest == end && decimals >= 0 && decimals <= kDecimalsMax;
    return valid ? std::optional(decimals) : std::nullopt;
}

Outcome ranged(Piece piece, std::string_view range, int decimals, const auto& complain) {
    const auto parsed = parse_decimal_range(range, decimals);
    if (!parsed) {
        return complain();
    }
    piece.decimals = static_cast<std::uint8_t>(decimals);
    piece.min = parsed->min;
    piece.max = parsed->max;
    return piece;
}

Outcome parse_integer(std::string_view text, const Parts& parts) {
    return ranged({.fill = Fill::kInteger}, parts.rest, 0, [&] {
        return wrong(text, "whole numbers such as `{integer:0..100}`, the smaller first");
    });
}

Outcome parse_number(std::string_view text, const Parts& parts) {
    const auto complain = [&] {
        return wrong(text,
                     fmt::format("a range and up to {} decimals, such as `{{number:15..25:1}}`",
                                 kDecimalsMax));
    };
    const Parts arguments = split(parts.rest);
    const auto decimals = parse_decimals({{}, arguments.rest, arguments.has_rest});
    return decimals ? ranged({.fill = Fill::kNumber}, arguments.name, *decimals, complain)
                    : complain();
}

Outcome parse_boolean(std::string_view text, const Parts& parts) {
    Piece piece{.fill = Fill::kBoolean, .share = 0.5};
    if (parts.has_rest) {
        const Result<double> share = parse_share(parts.rest);
        if (!share) {
            return wrong(text, "a share of `true`, such as `{boolean:20%}`");
        }
        piece.share = *share;
    }
    return piece;
}

Outcome parse_choice(std::string_view text, const Parts& parts) {
    Piece piece{.fill = Fill::kChoice};
    std::string_view rest = parts.rest;
    for (bool more = parts.has_rest; more && piece.choices.size() <= kChoicesMax;) {
        const std::size_t comma = rest.find(',');
        piece.choices.push_back(json_inside(rest.substr(0, comma)));
        more = comma != std::string_view::npos;
        rest.remove_prefix(more ? comma + 1 : rest.size());
    }
    if (piece.choices.empty() || piece.choices.size() > kChoicesMax) {
        return wrong(text,
                     fmt::format("1 to {} texts such as `{{choice:open,shut}}`", kChoicesMax));
    }
    return piece;
}

// `walk:name:20..30`, then decimals, then a pace.
Outcome parse_walk(std::string_view text, const Parts& parts) {
    const auto complain = [&] {
        return wrong(text,
                     fmt::format("a name, a range, then up to {} decimals and a pace from 1s to "
                                 "366d, such as `{{walk:room:20..30:1:10m}}`",
                                 kDecimalsMax));
    };
    const Parts named = split(parts.rest);
    const Parts range = split(named.rest);
    const Parts decimals = split(range.rest);
    const auto count = parse_decimals({{}, decimals.name, range.has_rest});
    const Result<Duration> pace =
        decimals.has_rest ? parse_duration(decimals.rest) : Result<Duration>(kPaceUsual);
    if (named.name.empty() || !count || !pace || *pace < kPaceMin || *pace > kPaceMax) {
        return complain();
    }
    Piece piece{.fill = Fill::kWalk, .walk = derive(0, named.name), .pace = *pace};
    return ranged(std::move(piece), range.name, *count, complain);
}

Outcome parse_desired(const Parts& parts, const std::vector<agent::DesiredKey>& desired) {
    const auto key = find_desired(desired, parts.rest);
    if (!key) {
        return tl::unexpected<std::string>(fmt::format("unknown desired key `{}`; {}", parts.rest,
                                                       suggest_desired(desired, parts.rest)));
    }
    return Piece{.fill = Fill::kDesired, .key = *key};
}

// The placeholder of this name; none is known as kConstant.
Fill find_fill(std::string_view name) {
    const auto names = placeholder_names();
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? Fill::kConstant : static_cast<Fill>(found - names.begin() + 1);
}

}  // namespace

Outcome parse_placeholder(std::string_view text, const std::vector<agent::DesiredKey>& desired) {
    const Parts parts = split(text);
    const Fill fill = find_fill(parts.name);
    switch (fill) {
        case Fill::kConstant:
            return tl::unexpected<std::string>(
                fmt::format("unknown placeholder `{{{}}}`; {}", text,
                            plan::suggest(parts.name, placeholder_names())));
        case Fill::kInteger:
            return parse_integer(text, parts);
        case Fill::kNumber:
            return parse_number(text, parts);
        case Fill::kBoolean:
            return parse_boolean(text, parts);
        case Fill::kChoice:
            return parse_choice(text, parts);
        case Fill::kWalk:
            return parse_walk(text, parts);
        case Fill::kDesired:
            return parse_desired(parts, desired);
        case Fill::kDeviceId:
        case Fill::kTime:
        case Fill::kUnix:
        case Fill::kSequence:
        case Fill::kUuid:
            break;
    }
    if (parts.has_rest) {
        return wrong(text, fmt::format("`{{{}}}` alone", parts.name));
    }
    return Piece{.fill = fill};
}

bool looks_like_a_placeholder(std::string_view text) {
    return find_fill(split(text).name) != Fill::kConstant;
}

}  // namespace twinstorm::scenario
