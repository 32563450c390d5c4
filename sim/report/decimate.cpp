#include "report/decimate.h"

#include <numeric>

#include "twinstorm/base/check.h"

namespace twinstorm::report {
namespace {

struct Extremes {
    ChartValue first;
    ChartValue second;
};

Extremes extremes(std::size_t begin, std::size_t end,
                  const std::function<ChartValue(std::size_t row)>& value_at) {
    ChartValue least;
    ChartValue greatest;
    bool least_came_first = true;
    for (std::size_t row = begin; row < end; ++row) {
        const ChartValue value = value_at(row);
        if (value && (!least || *value < *least)) {
            least = value;
            least_came_first = false;
        }
        if (value && (!greatest || *value > *greatest)) {
            greatest = value;
            least_came_first = true;
        }
    }
    return least_came_first ? Extremes{least, greatest} : Extremes{greatest, least};
}

}  // namespace

Decimation::Decimation(std::size_t rows, std::size_t points_max)
    : rows_(rows), buckets_(rows > points_max ? points_max / 2 : 0) {
    TWINSTORM_CHECK(points_max >= 2);
}

std::size_t Decimation::begin_of(std::size_t bucket) const {
    return bucket * rows_ / buckets_;
}

std::vector<std::size_t> Decimation::rows() const {
    if (is_lossless()) {
        std::vector<std::size_t> all(rows_);
        std::iota(all.begin(), all.end(), std::size_t{0});
        return all;
    }
    std::vector<std::size_t> rows;
    rows.reserve(buckets_ * 2);
    for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
        const std::size_t begin = begin_of(bucket);
        const std::size_t end = begin_of(bucket + 1);
        rows.push_back(begin);
        rows.push_back(begin + (end - begin) / 2);
    }
    return rows;
}

std::vector<ChartValue> Decimation::values(
    const std::function<ChartValue(std::size_t row)>& value_at) const {
    std::vector<ChartValue> values;
    values.reserve(is_lossless() ? rows_ : buckets_ * 2);
    for (std::size_t row = 0; is_lossless() && row < rows_; ++row) {
        values.push_back(value_at(row));
    }
    for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
        const Extremes found = extremes(begin_of(bucket), begin_of(bucket + 1), value_at);
        values.push_back(found.first);
        values.push_back(found.second);
    }
    return values;
}

}  // namespace twinstorm::report
