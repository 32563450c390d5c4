#include "twinstorm/query/aggregation.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "query/comparison.h"
#include "twinstorm/base/check.h"

namespace twinstorm::query {
namespace {

constexpr std::int64_t kIntegerMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kIntegerMin = std::numeric_limits<std::int64_t>::min();

// 1, 1.0 and an unsigned 1 are one number, and must be one group whoever comes first.
boost::json::value canonical(const boost::json::value& value) {
    if (value.is_uint64() && value.get_uint64() <= static_cast<std::uint64_t>(kIntegerMax)) {
        return static_cast<std::int64_t>(value.get_uint64());
    }
    constexpr double kExactMax = 9007199254740992.0;  // 2^53
    if (value.is_double() && std::abs(value.get_double()) <= kExactMax &&
        std::trunc(value.get_double()) == value.get_double()) {
        return static_cast<std::int64_t>(value.get_double());
    }
    return value;
}

// A type's letter keeps 1 and "1" apart; the length keeps two keys from running into each other.
void append_key(std::string& key, const std::optional<boost::json::value>& value) {
    if (!value) {
        key += 'u';
        return;
    }
    const std::string text = boost::json::serialize(*value);
    fmt::format_to(std::back_inserter(key), "{}{}:{}", static_cast<int>(value->kind()), text.size(),
                   text);
}

}  // namespace

Aggregation::Aggregation(const Query& query) : query_(query) {
    TWINSTORM_CHECK(query.aggregates());
}

Result<void> Aggregation::add(const boost::json::object& document) {
    Group* group = group_of(document);
    if (group == nullptr) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("GROUP BY makes more than {} groups", kGroupsMax));
    }
    const std::vector<Column>& columns = query_.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].path.empty()) {
            ++group->tallies[i].documents;
        } else if (const boost::json::value* value = columns[i].path.find(document)) {
            count(group->tallies[i], columns[i].function, *value);
        }
    }
    return {};
}

Result<void> Aggregation::merge(const Aggregation& other) {
    for (const auto& [key, group] : other.groups_) {
        const auto [own, is_new] = groups_.try_emplace(key, group);
        if (!is_new) {
            for (std::size_t i = 0; i < group.tallies.size(); ++i) {
                add_tally(own->second.tallies[i], group.tallies[i]);
            }
        }
    }
    if (groups_.size() > kGroupsMax) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("GROUP BY makes more than {} groups", kGroupsMax));
    }
    return {};
}

boost::json::array Aggregation::rows() const {
    boost::json::array rows;
    if (groups_.empty() && query_.group_by().empty()) {
        rows.push_back(row_of(Group{{}, std::vector<Tally>(query_.columns().size())}));
        return rows;
    }
    for (const auto& [key, group] : groups_) {
        if (query_.top() && rows.size() >= *query_.top()) {
            break;
        }
        rows.push_back(row_of(group));
    }
    return rows;
}

void Aggregation::count(Tally& tally, Column::Function function, const boost::json::value& value) {
    ++tally.documents;
    const bool number = value.is_number();
    const bool sums = function == Column::Function::kSum || function == Column::Function::kAverage;
    const bool ends = function == Column::Function::kMin || function == Column::Function::kMax;
    if (sums && number) {
        add_number(tally, value);
    } else if (ends && !value.is_structured()) {
        widen(tally, canonical(value));
    }
}

void Aggregation::add_number(Tally& tally, const boost::json::value& value) {
    ++tally.numbers;
    const boost::json::value number = canonical(value);
    if (number.is_int64()) {
        add_integer(tally, number.get_int64());
        return;
    }
    tally.real = true;
    tally.real_sum += number.to_number<double>();
}

// Integers are summed exactly as long as they fit, so that the order of shards changes nothing.
void Aggregation::add_integer(Tally& tally, std::int64_t value) {
    const std::int64_t sum = tally.integer_sum;
    const bool overflows = value > 0 ? sum > kIntegerMax - value : sum < kIntegerMin - value;
    if (overflows) {
        tally.real = true;
        tally.real_sum += static_cast<double>(value);
        return;
    }
    tally.integer_sum += value;
}

void Aggregation::add_tally(Tally& tally, const Tally& other) {
    tally.documents += other.documents;
    tally.numbers += other.numbers;
    add_integer(tally, other.integer_sum);
    tally.real_sum += other.real_sum;
    tally.real = tally.real || other.real;
    for (const auto* end : {&other.min, &other.max}) {
        if (*end) {
            widen(tally, **end);
        }
    }
}

void Aggregation::widen(Tally& tally, const boost::json::value& value) {
    if (!tally.min || compare_mixed(value, *tally.min) < 0) {
        tally.min = value;
    }
    if (!tally.max || compare_mixed(value, *tally.max) > 0) {
        tally.max = value;
    }
}

std::optional<boost::json::value> Aggregation::result(const Tally& tally,
                                                      Column::Function function) {
    const double real_sum = static_cast<double>(tally.integer_sum) + tally.real_sum;
    switch (function) {
        case Column::Function::kNone:
            break;
        case Column::Function::kCount:
            return static_cast<std::int64_t>(tally.documents);
        case Column::Function::kAverage:
            if (tally.numbers > 0) {
                return real_sum / static_cast<double>(tally.numbers);
            }
            return std::nullopt;
        case Column::Function::kSum:
            if (tally.numbers > 0) {
                return tally.real ? boost::json::value(real_sum)
                                  : boost::json::value(tally.integer_sum);
            }
            return std::nullopt;
        case Column::Function::kMin:
            return tally.min;
        case Column::Function::kMax:
            return tally.max;
    }
    TWINSTORM_CHECK(false);
}

Aggregation::Group* Aggregation::group_of(const boost::json::object& document) {
    std::vector<std::optional<boost::json::value>> keys;
    key_.clear();
    for (const Path& path : query_.group_by()) {
        const boost::json::value* value = path.find(document);
        keys.push_back(value == nullptr ? std::nullopt : std::optional(canonical(*value)));
        append_key(key_, keys.back());
    }
    const auto known = groups_.find(key_);
    if (known != groups_.end()) {
        return &known->second;
    }
    if (groups_.size() >= kGroupsMax) {
        return nullptr;
    }
    Group group{std::move(keys), std::vector<Tally>(query_.columns().size())};
    return &groups_.emplace(key_, std::move(group)).first->second;
}

boost::json::object Aggregation::row_of(const Group& group) const {
    boost::json::object row;
    const std::vector<Column>& columns = query_.columns();
    const std::vector<Path>& paths = query_.group_by();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        std::optional<boost::json::value> value;
        if (columns[i].function == Column::Function::kNone) {
            const auto path = std::ranges::find(paths, columns[i].path);
            value = group.keys[static_cast<std::size_t>(path - paths.begin())];
        } else {
            value = result(group.tallies[i], columns[i].function);
        }
        if (value) {
            row.emplace(columns[i].name, std::move(*value));
        }
    }
    return row;
}

}  // namespace twinstorm::query
