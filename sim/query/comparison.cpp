#include "query/comparison.h"

#include <cmath>
#include <concepts>
#include <limits>
#include <string_view>

#include "twinstorm/base/check.h"

namespace twinstorm::query {
namespace {

using std::partial_ordering;

template <std::integral A, std::integral B>
partial_ordering order(A a, B b) {
    if (std::cmp_equal(a, b)) {
        return partial_ordering::equivalent;
    }
    return std::cmp_less(a, b) ? partial_ordering::less : partial_ordering::greater;
}

partial_ordering order(double a, double b) {
    return a <=> b;
}

// A cast to double would round large integers, and call neighbours equal.
template <std::integral Integer>
partial_ordering order(Integer a, double b) {
    using Limits = std::numeric_limits<Integer>;
    const double above_max = std::ldexp(1.0, Limits::digits);
    const double min = Limits::is_signed ? -above_max : 0.0;
    if (std::isnan(b)) {
        return partial_ordering::unordered;
    }
    if (b >= above_max) {
        return partial_ordering::less;
    }
    if (b < min) {
        return partial_ordering::greater;
    }
    const double whole = std::trunc(b);
    const auto ordering = order(a, static_cast<Integer>(whole));
    return ordering == partial_ordering::equivalent ? whole <=> b : ordering;
}

template <std::integral Integer>
partial_ordering order(double a, Integer b) {
    return 0 <=> order(b, a);
}

template <class Number>
partial_ordering order_with(const boost::json::value& value, Number number) {
    switch (value.kind()) {
        case boost::json::kind::int64:
            return order(value.get_int64(), number);
        case boost::json::kind::uint64:
            return order(value.get_uint64(), number);
        case boost::json::kind::double_:
            return order(value.get_double(), number);
        default:
            return partial_ordering::unordered;
    }
}

partial_ordering order_text(std::string_view a, std::string_view b) {
    return a <=> b;
}

// One overload for each type of literal.
struct ValueOrder {
    const boost::json::value& value;

    partial_ordering operator()(std::nullptr_t) const {
        return value.is_null() ? partial_ordering::equivalent : partial_ordering::unordered;
    }
    partial_ordering operator()(bool literal) const {
        return value.is_bool() ? partial_ordering(value.get_bool() <=> literal)
                               : partial_ordering::unordered;
    }
    partial_ordering operator()(const std::string& literal) const {
        return value.is_string() ? order_text(value.get_string(), literal)
                                 : partial_ordering::unordered;
    }
    template <class Number>
    partial_ordering operator()(Number literal) const {
        return order_with(value, literal);
    }
};

boost::json::value to_value(const Literal& literal) {
    return std::visit([](const auto& held) { return boost::json::value(held); }, literal);
}

int rank(const boost::json::value& value) {
    if (value.is_null()) {
        return 0;
    }
    if (value.is_bool()) {
        return 1;
    }
    return value.is_number() ? 2 : 3;
}

}  // namespace

partial_ordering compare(const boost::json::value& value, const Literal& literal) {
    return std::visit(ValueOrder{value}, literal);
}

partial_ordering compare(const Literal& a, const Literal& b) {
    return compare(to_value(a), b);
}

partial_ordering compare_mixed(const boost::json::value& a, const boost::json::value& b) {
    if (rank(a) != rank(b)) {
        return rank(a) <=> rank(b);
    }
    switch (b.kind()) {
        case boost::json::kind::bool_:
            return a.get_bool() <=> b.get_bool();
        case boost::json::kind::int64:
            return order_with(a, b.get_int64());
        case boost::json::kind::uint64:
            return order_with(a, b.get_uint64());
        case boost::json::kind::double_:
            return order_with(a, b.get_double());
        case boost::json::kind::string:
            return order_text(a.get_string(), b.get_string());
        default:
            return partial_ordering::equivalent;
    }
}

Truth relate(NodeKind relation, partial_ordering ordering) {
    const auto truth = [](bool holds) { return holds ? Truth::kTrue : Truth::kFalse; };
    if (relation == NodeKind::kEqual) {
        return truth(ordering == 0);
    }
    if (relation == NodeKind::kNotEqual) {
        return truth(ordering != 0);
    }
    if (ordering == partial_ordering::unordered) {
        return Truth::kUnknown;
    }
    switch (relation) {
        case NodeKind::kLess:
            return truth(ordering < 0);
        case NodeKind::kLessOrEqual:
            return truth(ordering <= 0);
        case NodeKind::kGreater:
            return truth(ordering > 0);
        case NodeKind::kGreaterOrEqual:
            return truth(ordering >= 0);
        default:
            TWINSTORM_CHECK(false);
    }
}

}  // namespace twinstorm::query
