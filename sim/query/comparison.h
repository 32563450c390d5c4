// Values of a document held against each other and against a query's literals.
//
// Rules:  numbers compare by value whatever their type, to the last bit; strings byte by byte, so
//         that ISO 8601 times of one form compare as times. Values of two types are unequal.
#pragma once

#include <compare>

#include <boost/json/value.hpp>

#include "twinstorm/query/expression.h"

namespace twinstorm::query {

// Unordered: of different types, or an array or object.
[[nodiscard]] std::partial_ordering compare(const boost::json::value& value,
                                            const Literal& literal);
[[nodiscard]] std::partial_ordering compare(const Literal& a, const Literal& b);

// The order of MIN and MAX: null, booleans, numbers, strings. Neither is an array or object.
[[nodiscard]] std::partial_ordering compare_mixed(const boost::json::value& a,
                                                  const boost::json::value& b);

// True for a relation that holds between values so ordered.
[[nodiscard]] Truth relate(NodeKind relation, std::partial_ordering ordering);

}  // namespace twinstorm::query
