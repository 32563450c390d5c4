#include "report/numbers.h"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "twinstorm/base/units.h"

namespace twinstorm::report {
namespace {

std::string three_digits(double value) {
    const double magnitude = std::abs(value);
    if (magnitude >= 999.5) {
        return format_count(std::round(value));
    }
    if (value == std::floor(value)) {
        return fmt::format("{:.0f}", value);
    }
    return fmt::format("{:.{}f}", value, magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2);
}

std::string with_unit(const std::string& number, std::string_view unit) {
    const bool joined = unit.empty() || unit.front() == '/';
    return fmt::format("{}{}{}", number, joined ? "" : " ", unit);
}

// Short, yet never so short that a missed limit looks met.
std::string gate_number(double value, double other) {
    const std::string text = three_digits(value);
    const bool same = value != other && text == three_digits(other);
    return same ? fmt::format("{}", value) : text;
}

std::string margin_text(const stats::GateResult& gate, double actual) {
    const double difference = std::abs(actual - gate.limit);
    const double percent = gate.limit == 0 ? 0 : difference / std::abs(gate.limit) * 100;
    if (difference == 0) {
        return gate.passed ? "exactly as required" : "exactly at the limit, which does not meet it";
    }
    if (gate.limit == 0) {
        return fmt::format("{} {}", with_unit(three_digits(difference), gate.unit),
                           gate.passed ? "to spare" : "off");
    }
    const std::string share = percent < 0.1 ? std::string("under 0.1") : three_digits(percent);
    if (gate.passed) {
        return fmt::format("{} % to spare", share);
    }
    return fmt::format("{} % {} the limit", share, actual > gate.limit ? "over" : "under");
}

}  // namespace

std::string latency_text(double latency_us) {
    constexpr double kMinutesFrom_us = 120e6;
    if (latency_us >= kMinutesFrom_us) {
        return seconds_text(latency_us / 1e6);
    }
    if (latency_us >= 999'500) {
        return fmt::format("{:.{}f} s", latency_us / 1e6, latency_us >= 9'995'000 ? 1 : 2);
    }
    if (latency_us >= 999.5) {
        return three_digits(latency_us / 1e3) + " ms";
    }
    return three_digits(latency_us) + " µs";
}

std::string seconds_text(double duration_s) {
    constexpr double kMinutesFrom_s = 120;
    constexpr double kHoursFrom_s = 7'200;
    if (duration_s < kMinutesFrom_s) {
        return three_digits(duration_s) + " s";
    }
    const auto whole = static_cast<std::uint64_t>(std::llround(duration_s));
    if (duration_s < kHoursFrom_s) {
        return fmt::format("{} min {} s", whole / 60, whole % 60);
    }
    return fmt::format("{} h {} min", whole / 3'600, whole % 3'600 / 60);
}

std::string share_text(double share) {
    const double percent = share * 100;
    const double shown = share < 1 && percent > 99.9 ? std::floor(percent * 100) / 100 : percent;
    return fmt::format("{} %", shown == std::floor(shown) ? fmt::format("{:.0f}", shown)
                               : shown > 99.9             ? fmt::format("{:.2f}", shown)
                                                          : fmt::format("{:.1f}", shown));
}

std::string count_text(std::uint64_t count) {
    return format_count(static_cast<double>(count));
}

std::string rate_text(std::uint64_t count, double duration_s) {
    if (duration_s <= 0) {
        return std::string(kNone);
    }
    return three_digits(static_cast<double>(count) / duration_s) + "/s";
}

std::string quantile_text(const stats::Histogram& histogram, double quantile) {
    if (histogram.empty()) {
        return std::string(kNone);
    }
    return latency_text(static_cast<double>(histogram.value_at(quantile)));
}

GateText gate_text(const stats::GateResult& gate) {
    const double actual = gate.actual.value_or(gate.limit);
    GateText text;
    text.limit = with_unit(gate_number(gate.limit, actual), gate.unit);
    text.actual =
        gate.actual ? with_unit(gate_number(actual, gate.limit), gate.unit) : std::string(kNone);
    text.margin = !gate.why.empty() ? gate.why
                  : gate.actual     ? margin_text(gate, actual)
                                    : "no samples";
    return text;
}

std::string compact_number(double value) {
    const double magnitude = std::abs(value);
    if (!std::isfinite(value)) {
        return "null";
    }
    if (value == std::floor(value) || magnitude >= 100) {
        return fmt::format("{:.0f}", value);
    }
    const int decimals = magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : magnitude >= 0.1 ? 3 : 4;
    std::string text = fmt::format("{:.{}f}", value, decimals);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
        text.pop_back();
    }
    return text;
}

std::optional<double> second_at_share(const stats::ConvergenceCurve& curve, double share) {
    const double needed = std::ceil(share * static_cast<double>(curve.agents) - 1e-9);
    for (const auto& point : curve.points) {
        if (curve.agents > 0 && static_cast<double>(point.confirmed) >= needed) {
            return point.second;
        }
    }
    return std::nullopt;
}

}  // namespace twinstorm::report
