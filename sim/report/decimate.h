// Fewer points for a chart, without losing what it is read for: the extremes stay.
//
// Use:    Decimation(rows, points_max) fixes the buckets; every column then goes through values().
//         A bucket gives two points, its least and its greatest value, in the order they came.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace twinstorm::report {

using ChartValue = std::optional<double>;

class Decimation {
public:
    Decimation(std::size_t rows, std::size_t points_max);  // points_max >= 2

    // The row whose position stands for each point, ascending.
    [[nodiscard]] std::vector<std::size_t> rows() const;
    // One value a point; none where the bucket holds none.
    [[nodiscard]] std::vector<ChartValue> values(
        const std::function<ChartValue(std::size_t row)>& value_at) const;
    [[nodiscard]] bool is_lossless() const { return buckets_ == 0; }

private:
    [[nodiscard]] std::size_t begin_of(std::size_t bucket) const;

    std::size_t rows_;
    std::size_t buckets_;  // 0: every row is a point.
};

}  // namespace twinstorm::report
