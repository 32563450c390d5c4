#include "twinstorm/plan/gate.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "plan/gate_subject.h"
#include "twinstorm/base/units.h"

namespace twinstorm::plan {
namespace {

constexpr std::size_t kGateCharsMax = 256;

struct Operator {
    std::string_view text;
    Comparison comparison;
};
constexpr std::array kOperators{
    Operator{"<", Comparison::kLess}, Operator{"<=", Comparison::kLessOrEqual},
    Operator{">", Comparison::kGreater}, Operator{">=", Comparison::kGreaterOrEqual},
    Operator{"==", Comparison::kEqual}};

tl::unexpected<Error> wrong(std::string detail) {
    return fail(ErrorCode::kInvalidArgument, std::move(detail));
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<Comparison> find_operator(std::string_view text) {
    for (const Operator& known : kOperators) {
        if (known.text == text) {
            return known.comparison;
        }
    }
    return std::nullopt;
}

Result<double> parse_number(std::string_view text) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (error != std::errc() || rest != end || !(number >= 0) || !std::isfinite(number)) {
        return wrong(fmt::format("`{}` is not a plain number; expected a form such as `0`", text));
    }
    return number;
}

// Limits are kept in what the run counts in: microseconds, per second, a share, or a plain number.
Result<double> parse_limit(const Subject& subject, std::string_view text) {
    if (std::holds_alternative<PlaybookSubject>(subject)) {
        return parse_share(text);
    }
    if (const auto* count = std::get_if<CountSubject>(&subject)) {
        return count->rate ? parse_rate(text) : parse_number(text);
    }
    if (std::get<LatencySubject>(subject).statistic == Statistic::kCount) {
        return parse_number(text);
    }
    return parse_duration(text).map([](Duration duration) {
        return std::chrono::duration<double, std::micro>(duration).count();
    });
}

std::string_view unit_of(std::string_view limit) {
    const std::size_t digits = limit.find_first_not_of("0123456789.");
    return digits == std::string_view::npos ? std::string_view{} : limit.substr(digits);
}

}  // namespace

Result<Gate> parse_gate(std::string_view expression) {
    expression = trim(expression);
    if (expression.size() > kGateCharsMax) {
        return wrong(fmt::format("a gate of {} characters; expected at most {}", expression.size(),
                                 kGateCharsMax));
    }
    constexpr std::string_view kOperatorChars = "<>=!~";
    const std::size_t begin = expression.find_first_of(kOperatorChars);
    if (begin == std::string_view::npos) {
        return wrong(fmt::format(
            "`{}` compares nothing; expected a form such as `connect.p99 < 500ms`", expression));
    }
    std::size_t end = expression.find_first_not_of(kOperatorChars, begin);
    end = end == std::string_view::npos ? expression.size() : end;

    Gate gate;
    gate.expression = expression;
    gate.subject = trim(expression.substr(0, begin));
    const std::string_view operator_text = expression.substr(begin, end - begin);
    const std::string_view limit_text = trim(expression.substr(end));

    const Result<Subject> subject = parse_subject(gate.subject);
    if (!subject) {
        return fail(subject.error());
    }
    const std::optional<Comparison> comparison = find_operator(operator_text);
    if (!comparison) {
        return wrong(fmt::format(
            "unknown operator `{}`; expected one of `<`, `<=`, `>`, `>=`, `==`", operator_text));
    }
    const Result<double> limit = parse_limit(*subject, limit_text);
    if (!limit) {
        return fail(limit.error());
    }
    gate.comparison = *comparison;
    gate.limit = *limit;
    gate.unit = unit_of(limit_text);
    return gate;
}

}  // namespace twinstorm::plan
