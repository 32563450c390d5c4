#include "plan/gate_subject.h"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "twinstorm/plan/nearest_name.h"

namespace twinstorm::plan {
namespace {

constexpr std::string_view kRateSuffix = ".rate";
constexpr std::size_t kPercentileCharsMax = 12;

struct NamedStatistic {
    std::string_view name;
    Statistic statistic;
};
constexpr std::array kStatistics{
    NamedStatistic{"min", Statistic::kMin}, NamedStatistic{"mean", Statistic::kMean},
    NamedStatistic{"max", Statistic::kMax}, NamedStatistic{"count", Statistic::kCount}};

constexpr std::array<std::string_view, 9> kStatisticExamples{"min",  "mean",  "p50", "p90",  "p99",
                                                             "p999", "p9999", "max", "count"};

// `p99.9` reads as it stands; without a point, the third digit and those after it are decimals, as
// everybody writes p999.
std::optional<double> parse_percentile(std::string_view text) {
    if (text.size() < 2 || text.size() > kPercentileCharsMax || text[0] != 'p') {
        return std::nullopt;
    }
    std::string digits(text.substr(1));
    if (digits.find('.') == std::string::npos && digits.size() > 2) {
        digits.insert(2, ".");
    }
    double percentile = 0;
    const char* const end = digits.data() + digits.size();
    const auto [rest, error] =
        std::from_chars(digits.data(), end, percentile, std::chars_format::fixed);
    if (error != std::errc() || rest != end || percentile <= 0 || percentile >= 100 ||
        digits.back() == '.' || text == "p100") {
        return std::nullopt;
    }
    return percentile / 100;
}

Result<Subject> parse_latency(stats::Metric metric, std::string_view statistic) {
    LatencySubject subject{metric, Statistic::kPercentile, 0, std::string(statistic)};
    for (const NamedStatistic& known : kStatistics) {
        if (statistic == known.name) {
            subject.statistic = known.statistic;
            return subject;
        }
    }
    if (const std::optional<double> quantile = parse_percentile(statistic)) {
        subject.quantile = *quantile;
        return subject;
    }
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("`{}` is no statistic of `{}`; expected one of `{}`, or another "
                            "percentile",
                            statistic, stats::name(metric), fmt::join(kStatisticExamples, "`, `")));
}

Result<Subject> parse_count(stats::Counter counter, bool rate) {
    if (rate && is_known_to_mock_only(counter)) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("`{0}` has no rate, since it is only known at a run's end; "
                                "expected `{0}` itself",
                                stats::name(counter)));
    }
    return CountSubject{counter, rate};
}

std::vector<std::string> all_subjects() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < stats::kMetricCount; ++i) {
        for (const std::string_view statistic : kStatisticExamples) {
            names.push_back(
                fmt::format("{}.{}", stats::name(static_cast<stats::Metric>(i)), statistic));
        }
    }
    for (std::size_t i = 0; i < stats::kCounterCount; ++i) {
        const auto counter = static_cast<stats::Counter>(i);
        names.emplace_back(stats::name(counter));
        if (!is_known_to_mock_only(counter)) {
            names.push_back(fmt::format("{}{}", stats::name(counter), kRateSuffix));
        }
    }
    names.emplace_back(kPlaybooksConfirmed);
    return names;
}

tl::unexpected<Error> unknown_name(std::string_view text) {
    const std::vector<std::string> names = all_subjects();
    const std::vector<std::string_view> known(names.begin(), names.end());
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("unknown name `{}`; the nearest known one is `{}`", text,
                            nearest_name(text, known).value_or("")));
}

}  // namespace

bool is_known_to_mock_only(stats::Counter counter) {
    return counter == stats::Counter::kSecurityMessageLost ||
           counter == stats::Counter::kSecurityMessageDuplicated || is_throttle(counter);
}

bool is_throttle(stats::Counter counter) {
    return counter == stats::Counter::kThrottleDelayed ||
           counter == stats::Counter::kThrottleRefused;
}

Result<Subject> parse_subject(std::string_view text) {
    if (text == kPlaybooksConfirmed) {
        return PlaybookSubject{};
    }
    if (const auto counter = stats::find_counter(text)) {
        return parse_count(*counter, false);
    }
    if (text.ends_with(kRateSuffix)) {
        const auto counter = stats::find_counter(text.substr(0, text.size() - kRateSuffix.size()));
        if (counter) {
            return parse_count(*counter, true);
        }
    }
    if (const auto metric = stats::find_metric(text)) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("`{0}` needs a statistic, as in `{0}.p99`", text));
    }
    // A metric's name and a percentile may both hold a point.
    for (std::size_t point = text.find('.'); point != std::string_view::npos;
         point = text.find('.', point + 1)) {
        if (const auto metric = stats::find_metric(text.substr(0, point))) {
            return parse_latency(*metric, text.substr(point + 1));
        }
    }
    return unknown_name(text);
}

}  // namespace twinstorm::plan
