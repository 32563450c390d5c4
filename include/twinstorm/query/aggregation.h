// The rows of `SELECT tags.site, COUNT() AS n FROM devices GROUP BY tags.site`.
//
// Use:    one for each shard, add() what the query matched; merge() them into one; rows().
// Rules:  COUNT(x) counts documents that hold x; AVG and SUM take numbers, MIN and MAX also null,
//         booleans and strings (in this order); all else is passed over. An aggregate of nothing
//         is left out of its row, as is a missing group key; such documents share one group.
//         Without GROUP BY there is one row, always. Rows come in an order of their own, the same
//         for any number of shards.
// Owner:  the thread of its shard; borrows the query.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/query/query.h"

namespace twinstorm::query {

inline constexpr std::size_t kGroupsMax = 100'000;

class Aggregation {
public:
    explicit Aggregation(const Query& query);

    // kLimitExceeded for one group too many; the aggregation stays as it was.
    [[nodiscard]] Result<void> add(const boost::json::object& document);
    // Of the same query. After an error (kLimitExceeded) both are of no more use.
    [[nodiscard]] Result<void> merge(const Aggregation& other);

    [[nodiscard]] boost::json::array rows() const;  // At most the query's top().

private:
    // What one column has seen in one group.
    struct Tally {
        std::uint64_t documents = 0;  // That hold the column's property, or all.
        std::uint64_t numbers = 0;
        std::int64_t integer_sum = 0;
        double real_sum = 0;  // Of numbers with a fraction, and of integers over 64 bits.
        bool real = false;
        std::optional<boost::json::value> min{};
        std::optional<boost::json::value> max{};
    };
    struct Group {
        std::vector<std::optional<boost::json::value>> keys{};  // As group_by().
        std::vector<Tally> tallies{};                           // As columns().
    };

    static void count(Tally& tally, Column::Function function, const boost::json::value& value);
    static void add_number(Tally& tally, const boost::json::value& value);
    static void add_integer(Tally& tally, std::int64_t value);
    static void add_tally(Tally& tally, const Tally& other);
    static void widen(Tally& tally, const boost::json::value& value);
    [[nodiscard]] static std::optional<boost::json::value> result(const Tally& tally,
                                                                  Column::Function function);

    [[nodiscard]] Group* group_of(const boost::json::object& document);
    [[nodiscard]] boost::json::object row_of(const Group& group) const;

    const Query& query_;
    std::map<std::string, Group, std::less<>> groups_;
    std::string key_;  // Kept for its memory.
};

}  // namespace twinstorm::query
