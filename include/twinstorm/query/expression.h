// How a parsed condition is kept: a tree that is never changed, so that evaluating it takes nothing
// from the heap. Written by the parser, read by Condition; nobody else needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "twinstorm/query/path.h"

namespace twinstorm::query {

// An integer is an int64 whenever it fits.
using Literal =
    std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string>;

// The order counts: AND is the least of its terms, OR the greatest, NOT swaps the ends.
enum class Truth : std::uint8_t { kFalse, kUnknown, kTrue };

enum class NodeKind : std::uint8_t {
    kConstant,
    kAnd,
    kOr,
    kNot,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kIn,
    kNotIn,
    kStartsWith,
    kEndsWith,
    kContains,
    kIsTrue,  // A property alone, as in `WHERE capabilities.iotEdge`.
    kIsDefined,
    kIsNull,
    kIsBool,
    kIsNumber,
    kIsString,
    kIsObject,
    kIsArray,
    kIsPrimitive,
};

struct Node {
    NodeKind kind = NodeKind::kConstant;
    Truth constant = Truth::kTrue;
    Path path{};                      // What is tested.
    std::vector<Literal> literals{};  // What it is held against: one, or the list of IN.
    std::vector<Node> terms{};        // Of AND, OR and NOT.
};

}  // namespace twinstorm::query
