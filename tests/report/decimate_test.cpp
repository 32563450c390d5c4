#include "report/decimate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace twinstorm::report {
namespace {

std::vector<ChartValue> decimated(const std::vector<ChartValue>& values, std::size_t points_max) {
    return Decimation(values.size(), points_max).values([&](std::size_t row) {
        return values[row];
    });
}

TEST(Decimation, KeepsEveryRowThatFits) {
    const std::vector<ChartValue> values{3, std::nullopt, 1};
    EXPECT_EQ(decimated(values, 3), values);
    EXPECT_EQ(Decimation(3, 3).rows(), (std::vector<std::size_t>{0, 1, 2}));
    EXPECT_TRUE(Decimation(3, 3).is_lossless());
    EXPECT_FALSE(Decimation(4, 3).is_lossless());
}

TEST(Decimation, OfNothingIsNothing) {
    EXPECT_TRUE(decimated({}, 10).empty());
    EXPECT_TRUE(Decimation(0, 10).rows().empty());
}

TEST(Decimation, KeepsExtremesInTheOrderTheyCame) {
    EXPECT_EQ(decimated({5, 9, 1, 4, 2, 3, 8, 7}, 4), (std::vector<ChartValue>{9, 1, 2, 8}));
}

TEST(Decimation, LeavesAHoleOnlyWhereABucketHoldsNothing) {
    EXPECT_EQ(decimated({std::nullopt, std::nullopt, 6, std::nullopt}, 2),
              (std::vector<ChartValue>{6, 6}));
    EXPECT_EQ(decimated({std::nullopt, std::nullopt, std::nullopt, 6}, 2),
              (std::vector<ChartValue>{6, 6}));
    EXPECT_EQ(decimated({std::nullopt, std::nullopt, std::nullopt}, 2),
              (std::vector<ChartValue>{std::nullopt, std::nullopt}));
}

TEST(Decimation, FindsOneSpikeWhereverItIs) {
    constexpr std::size_t kRows = 3'601;
    for (std::size_t spike = 0; spike < kRows; spike += 97) {
        std::vector<ChartValue> values(kRows, 1.0);
        values[spike] = 100;
        const std::vector<ChartValue> points = decimated(values, 180);
        EXPECT_LE(points.size(), 180U);
        EXPECT_EQ(std::count(points.begin(), points.end(), ChartValue(100)), 1) << spike;
    }
}

TEST(Decimation, RowsAscendAndMatchTheValues) {
    const Decimation decimation(1'000, 7);
    const std::vector<std::size_t> rows = decimation.rows();
    EXPECT_EQ(rows.size(), decimation.values([](std::size_t) { return ChartValue(1); }).size());
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
    EXPECT_EQ(std::adjacent_find(rows.begin(), rows.end()), rows.end());
    EXPECT_LT(rows.back(), 1'000U);
}

}  // namespace
}  // namespace twinstorm::report
