// A query of the service API: `SELECT [TOP n] * | columns FROM source [WHERE ...] [GROUP BY ...]`.
//
// Use:    parse(); render each document of source() with roots(), ask matches(); then
//         aggregates(): Aggregation::add() (aggregation.h), one for each shard, merged at the end;
//         else render the match with row_roots() and answer project(), at most top() of them.
//         Set x-ms-item-type to to_text(item_type()).
// Owner:  a value, immutable; many threads may use one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/query/condition.h"
#include "twinstorm/query/path.h"
#include "twinstorm/query/roots.h"
#include "twinstorm/query/source.h"

namespace twinstorm::query {

inline constexpr std::size_t kQueryCharactersMax = 8192;  // The service's own limit.
inline constexpr int kConditionDepthMax = 64;             // Parentheses and NOTs in each other.

// One member of a row.
struct Column {
    enum class Function : std::uint8_t { kNone, kCount, kAverage, kSum, kMin, kMax };

    Function function = Function::kNone;
    Path path{};         // Empty for `COUNT()`.
    std::string name{};  // The alias, else the path's last name, else `$1`, `$2`, ...
};

class Query {
public:
    // What parse() makes; no columns mean `*`.
    struct Parts {
        Condition condition{};
        std::vector<Column> columns{};
        std::vector<Path> group_by{};
        std::optional<std::uint64_t> top{};
    };

    explicit Query(Parts parts);

    [[nodiscard]] Source source() const { return parts_.condition.source(); }
    [[nodiscard]] ItemType item_type() const;
    [[nodiscard]] bool selects_all() const { return parts_.columns.empty(); }
    [[nodiscard]] bool aggregates() const { return aggregates_; }
    [[nodiscard]] std::optional<std::uint64_t> top() const { return parts_.top; }

    [[nodiscard]] const Condition& condition() const { return parts_.condition; }
    [[nodiscard]] const std::vector<Column>& columns() const { return parts_.columns; }
    [[nodiscard]] const std::vector<Path>& group_by() const { return parts_.group_by; }

    [[nodiscard]] Roots roots() const { return parts_.condition.roots(); }  // To match.
    [[nodiscard]] Roots row_roots() const;  // To project() or add() what matched.

    [[nodiscard]] bool matches(const boost::json::object& document) const {
        return parts_.condition.matches(document);
    }
    // The row of a document; a missing property is left out. A copy for `*`. Not for aggregates().
    [[nodiscard]] boost::json::object project(const boost::json::object& document) const;

private:
    Parts parts_;
    bool aggregates_ = false;
};

// Errors, all 400 ArgumentInvalid on the wire: kInvalidArgument, "column 31: expected ..., found
// ..."; kLimitExceeded for a text too long or too deep.
[[nodiscard]] Result<Query> parse(std::string_view text);

}  // namespace twinstorm::query
