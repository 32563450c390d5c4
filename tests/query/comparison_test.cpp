#include "query/comparison.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace twinstorm::query {
namespace {

using boost::json::value;
using std::partial_ordering;
using namespace std::string_literals;

constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kInt64Min = std::numeric_limits<std::int64_t>::min();
constexpr std::uint64_t kUint64Max = std::numeric_limits<std::uint64_t>::max();

TEST(Comparison, OfNumbersLooksAtTheValueAndNotTheType) {
    for (const value& one : {value(std::int64_t{1}), value(std::uint64_t{1}), value(1.0)}) {
        EXPECT_TRUE(compare(one, Literal(std::int64_t{1})) == 0);
        EXPECT_TRUE(compare(one, Literal(std::uint64_t{1})) == 0);
        EXPECT_TRUE(compare(one, Literal(1.0)) == 0);
        EXPECT_TRUE(compare(one, Literal(1.5)) < 0);
        EXPECT_TRUE(compare(one, Literal(0.5)) > 0);
        EXPECT_TRUE(compare(one, Literal(std::int64_t{-1})) > 0);
        EXPECT_TRUE(compare(one, Literal(kUint64Max)) < 0);
    }
    EXPECT_TRUE(compare(value(std::int64_t{-1}), Literal(-1.5)) > 0);
    EXPECT_TRUE(compare(value(-1.5), Literal(std::int64_t{-1})) < 0);
    EXPECT_TRUE(compare(value(std::int64_t{-1}), Literal(kUint64Max)) < 0);
}

TEST(Comparison, OfLargeNumbersIsExact) {
    // 2^53 + 1 has no double of its own; rounding would make these equal.
    EXPECT_TRUE(compare(value(std::int64_t{9007199254740993}), Literal(9007199254740992.0)) > 0);
    EXPECT_TRUE(compare(value(9007199254740992.0), Literal(std::int64_t{9007199254740993})) < 0);
    EXPECT_TRUE(compare(value(kInt64Max), Literal(9223372036854775808.0)) < 0);
    EXPECT_TRUE(compare(value(kInt64Min), Literal(-9223372036854775808.0)) == 0);
    EXPECT_TRUE(compare(value(kInt64Min), Literal(-9223372036854777856.0)) > 0);
    EXPECT_TRUE(compare(value(kUint64Max), Literal(18446744073709551616.0)) < 0);
    EXPECT_TRUE(compare(value(kUint64Max), Literal(-0.5)) > 0);
    EXPECT_TRUE(compare(value(kUint64Max), Literal(kInt64Max)) > 0);
}

TEST(Comparison, OfTextIsByteByByte) {
    EXPECT_TRUE(compare(value("a"), Literal("a"s)) == 0);
    EXPECT_TRUE(compare(value("A"), Literal("a"s)) < 0);
    EXPECT_TRUE(compare(value("é"), Literal("z"s)) > 0);
    EXPECT_TRUE(compare(value("2026-01-02T03:04:05.1234567Z"), Literal("2026-01-02"s)) > 0);
    EXPECT_TRUE(compare(value("2026-01-02T03:04:05Z"), Literal("2026-01-03"s)) < 0);
}

TEST(Comparison, OfDifferentTypesHasNoOrder) {
    const std::vector<value> values{
        nullptr, true, 1, "1", boost::json::array{1}, boost::json::object{}};
    const std::vector<Literal> literals{nullptr, true, std::int64_t{1}, "1"s};
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = 0; j < literals.size(); ++j) {
            const auto ordering = compare(values[i], literals[j]);
            EXPECT_EQ(ordering == partial_ordering::unordered, i != j) << values[i] << " " << j;
        }
    }
}

TEST(Comparison, OfConstantsIsAsThatOfValues) {
    EXPECT_TRUE(compare(Literal(std::int64_t{1}), Literal(1.0)) == 0);
    EXPECT_TRUE(compare(Literal("a"s), Literal("b"s)) < 0);
    EXPECT_TRUE(compare(Literal(false), Literal(true)) < 0);
    EXPECT_TRUE(compare(Literal(nullptr), Literal(nullptr)) == 0);
    EXPECT_TRUE(compare(Literal(nullptr), Literal(false)) == partial_ordering::unordered);
}

TEST(Comparison, OfMixedValuesOrdersTheTypes) {
    const std::vector<value> rising{nullptr, false, true, -1, 0.5, 1, kUint64Max, "", "a"};
    for (std::size_t i = 0; i < rising.size(); ++i) {
        for (std::size_t j = 0; j < rising.size(); ++j) {
            EXPECT_TRUE(compare_mixed(rising[i], rising[j]) == (i <=> j))
                << rising[i] << " " << rising[j];
        }
    }
}

TEST(Relation, HoldsAsTheOrderSays) {
    const auto less = partial_ordering::less;
    const auto equal = partial_ordering::equivalent;
    EXPECT_EQ(relate(NodeKind::kLess, less), Truth::kTrue);
    EXPECT_EQ(relate(NodeKind::kLess, equal), Truth::kFalse);
    EXPECT_EQ(relate(NodeKind::kLessOrEqual, equal), Truth::kTrue);
    EXPECT_EQ(relate(NodeKind::kGreater, less), Truth::kFalse);
    EXPECT_EQ(relate(NodeKind::kGreaterOrEqual, equal), Truth::kTrue);
    EXPECT_EQ(relate(NodeKind::kGreaterOrEqual, less), Truth::kFalse);
    EXPECT_EQ(relate(NodeKind::kEqual, equal), Truth::kTrue);
    EXPECT_EQ(relate(NodeKind::kNotEqual, equal), Truth::kFalse);
}

TEST(Relation, OfTheUnorderedIsInequalityOrUnknown) {
    const auto unordered = partial_ordering::unordered;
    EXPECT_EQ(relate(NodeKind::kEqual, unordered), Truth::kFalse);
    EXPECT_EQ(relate(NodeKind::kNotEqual, unordered), Truth::kTrue);
    for (const NodeKind kind :
         {NodeKind::kLess, NodeKind::kLessOrEqual, NodeKind::kGreater, NodeKind::kGreaterOrEqual}) {
        EXPECT_EQ(relate(kind, unordered), Truth::kUnknown);
    }
}

}  // namespace
}  // namespace twinstorm::query
