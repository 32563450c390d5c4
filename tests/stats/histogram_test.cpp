#include "twinstorm/stats/histogram.h"

#include <algorithm>
#include <array>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "twinstorm/base/seed.h"

namespace twinstorm::stats {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;

constexpr double kErrorMax = 0.001;

std::vector<std::pair<std::uint64_t, std::uint64_t>> buckets(const Histogram& histogram) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
    histogram.for_each_bucket(
        [&](std::uint64_t value, std::uint64_t count) { found.emplace_back(value, count); });
    return found;
}

// Evenly over the magnitudes, so that every bucket size gets its share.
std::uint64_t draw_value(Random& random) {
    return std::min((random.bits() | (std::uint64_t{1} << 63)) >> (27 + random.below(37)),
                    Histogram::kValueMax);
}

Histogram draw_histogram(std::uint64_t seed, int samples) {
    Random random(seed);
    Histogram histogram;
    for (int i = 0; i < samples; ++i) {
        histogram.record(draw_value(random), 1 + random.below(3));
    }
    return histogram;
}

TEST(Histogram, AnEmptyOneAnswersEverything) {
    const Histogram histogram;
    EXPECT_TRUE(histogram.empty());
    EXPECT_EQ(histogram.count(), 0u);
    EXPECT_EQ(histogram.min(), 0u);
    EXPECT_EQ(histogram.max(), 0u);
    EXPECT_EQ(histogram.mean(), 0);
    EXPECT_EQ(histogram.value_at(0), 0u);
    EXPECT_EQ(histogram.value_at(1), 0u);
    EXPECT_EQ(histogram.share_at_or_below(0), 0);
    EXPECT_TRUE(buckets(histogram).empty());
    const auto decoded = Histogram::decode(histogram.encode());
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, histogram);
}

TEST(Histogram, IsExactTo2047) {
    for (std::uint64_t value = 0; value < 2048; ++value) {
        Histogram histogram;
        histogram.record(value);
        EXPECT_THAT(buckets(histogram), ElementsAre(Pair(value, 1u)));
        EXPECT_EQ(histogram.min(), value);
        EXPECT_EQ(histogram.mean(), static_cast<double>(value));
    }
}

TEST(Histogram, BucketsBeginAndEndWhereHdrHistogramsDo) {
    struct Row {
        std::uint64_t value;
        std::uint64_t lowest;
        std::uint64_t highest;
    };
    for (const Row& row : {Row{2047, 2047, 2047}, Row{2048, 2048, 2049}, Row{2049, 2048, 2049},
                           Row{4095, 4094, 4095}, Row{4096, 4096, 4099},
                           Row{10'007, 10'000, 10'007}, Row{1'000'000, 999'936, 1'000'447},
                           Row{86'400'000'000, 86'369'107'968, 86'436'216'831}}) {
        Histogram histogram;
        histogram.record(row.value);
        EXPECT_EQ(histogram.min(), row.lowest) << row.value;
        EXPECT_THAT(buckets(histogram), ElementsAre(Pair(row.highest, 1u)));
        EXPECT_EQ(histogram.max(), row.value);
        EXPECT_EQ(histogram.value_at(1), row.value) << "never above the maximum";
    }
}

// Every value of a bucket lies between its ends, so the ends bound the error; both neighbours of
// each bucket's ends are tried, over the whole range.
TEST(Histogram, TheErrorIsUnderATenthOfAPercentEverywhere) {
    std::uint64_t expected_lowest = 0;
    while (expected_lowest <= Histogram::kValueMax) {
        Histogram histogram;
        histogram.record(expected_lowest);
        const std::uint64_t highest = buckets(histogram).at(0).first;
        ASSERT_EQ(histogram.min(), expected_lowest) << "a gap or an overlap";
        if (highest <= Histogram::kValueMax) {
            histogram.record(highest);
            ASSERT_EQ(buckets(histogram).size(), 1u);
        }
        const auto width = static_cast<double>(highest - expected_lowest);
        ASSERT_LE(width, kErrorMax * static_cast<double>(expected_lowest)) << expected_lowest;
        expected_lowest = highest + 1;
    }
}

// What a reader is told of any single value, by every way of asking: within a thousandth.
TEST(Histogram, EveryPowerAndAnyOtherValueIsToldWithinAThousandth) {
    std::vector<std::uint64_t> values;
    for (std::uint64_t power = 1; power <= Histogram::kValueMax; power *= 2) {
        values.insert(values.end(), {power - 1, power, power + 1});
    }
    for (std::uint64_t power = 1; power <= Histogram::kValueMax; power *= 10) {
        values.insert(values.end(), {power - 1, power, power + 1, 3 * power});
    }
    Random random(11);
    for (int i = 0; i < 100'000; ++i) {
        values.push_back(draw_value(random));
    }
    Histogram histogram;
    for (std::uint64_t value : values) {
        value = std::min(value, Histogram::kValueMax);
        histogram.clear();
        histogram.record(value);
        histogram.record(Histogram::kValueMax);  // Or the exact maximum would answer.
        const auto exact = static_cast<double>(value);
        ASSERT_NEAR(static_cast<double>(histogram.value_at(0.5)), exact, kErrorMax * exact);
        ASSERT_NEAR(static_cast<double>(histogram.min()), exact, kErrorMax * exact);
        // The two may share a bucket.
        const bool together = histogram.value_at(0.5) == Histogram::kValueMax;
        ASSERT_EQ(histogram.share_at_or_below(value), together ? 1 : 0.5) << value;
    }
}

TEST(Histogram, ClampsWhatIsBeyondADayAndSaysSo) {
    Histogram histogram;
    histogram.record(Histogram::kValueMax);
    EXPECT_EQ(histogram.clamped(), 0u);
    histogram.record(Histogram::kValueMax + 1, 3);
    histogram.record(~std::uint64_t{0});
    EXPECT_EQ(histogram.clamped(), 4u);
    EXPECT_EQ(histogram.count(), 5u);
    EXPECT_EQ(histogram.max(), Histogram::kValueMax);
}

TEST(Histogram, RoundsDurationsToTheNearestMicrosecond) {
    struct Row {
        Duration latency;
        std::uint64_t value;
    };
    for (const Row& row : {Row{0ns, 0}, Row{499ns, 0}, Row{500ns, 1}, Row{1'499ns, 1},
                           Row{1'500ns, 2}, Row{-1ns, 0}, Row{-1h, 0}, Row{Duration::min(), 0},
                           Row{1ms, 1'000}, Row{Duration::max(), Histogram::kValueMax}}) {
        Histogram histogram;
        histogram.record(row.latency);
        EXPECT_EQ(histogram.max(), row.value) << row.latency.count();
        EXPECT_EQ(histogram.count(), 1u);
    }
}

TEST(Histogram, RecordingNothingChangesNothing) {
    Histogram histogram;
    histogram.record(1'000, 0);
    histogram.record(Histogram::kValueMax + 1, 0);
    EXPECT_EQ(histogram, Histogram());
}

TEST(Histogram, PercentilesAreThoseOfTheSortedValues) {
    Random random(1);
    for (const std::size_t size : {1u, 2u, 3u, 10u, 100u, 999u, 1'000u, 10'000u}) {
        Histogram histogram;
        std::vector<std::uint64_t> values;
        for (std::size_t i = 0; i < size; ++i) {
            values.push_back(draw_value(random));
            histogram.record(values.back());
        }
        std::ranges::sort(values);
        for (std::size_t share = 0; share <= 10'000; ++share) {
            const std::size_t rank = std::max<std::size_t>((share * size + 9'999) / 10'000, 1);
            const std::uint64_t exact = values[rank - 1];
            const std::uint64_t found = histogram.value_at(static_cast<double>(share) / 10'000);
            ASSERT_GE(found, exact) << share << " of " << size;
            ASSERT_LE(static_cast<double>(found - exact), kErrorMax * static_cast<double>(exact));
        }
        EXPECT_EQ(histogram.value_at(1), values.back());
    }
}

TEST(Histogram, APercentileDoesNotRoundIntoTheNextValue) {
    Histogram histogram;
    for (std::uint64_t value = 1; value <= 100; ++value) {
        histogram.record(value);
    }
    for (std::uint64_t percent = 1; percent <= 100; ++percent) {
        EXPECT_EQ(histogram.value_at(static_cast<double>(percent) / 100), percent);
    }
    EXPECT_EQ(histogram.value_at(0), 1u);
    EXPECT_EQ(histogram.value_at(0.0701), 8u);
}

TEST(Histogram, SharesCountTheBucketOfTheValueItself) {
    Histogram histogram;
    histogram.record(10, 3);
    histogram.record(5'000, 1);
    EXPECT_EQ(histogram.share_at_or_below(9), 0);
    EXPECT_EQ(histogram.share_at_or_below(10), 0.75);
    EXPECT_EQ(histogram.share_at_or_below(4'999), 0.75);
    EXPECT_EQ(histogram.share_at_or_below(5'000), 1);
    EXPECT_EQ(histogram.share_at_or_below(~std::uint64_t{0}), 1);
}

TEST(Histogram, TheMeanIsOfBucketMidpoints) {
    Histogram histogram;
    histogram.record(1, 3);
    histogram.record(4'096);  // Its bucket is 4,096 .. 4,099.
    EXPECT_DOUBLE_EQ(histogram.mean(), (3 * 1 + 4'098) / 4.0);
}

TEST(Histogram, MergingIsAssociativeCommutativeAndLossless) {
    const Histogram a = draw_histogram(1, 2'000);
    const Histogram b = draw_histogram(2, 10);
    const Histogram c = draw_histogram(3, 500);

    Histogram left = a;
    left.merge(b);
    left.merge(c);
    Histogram tail = c;
    tail.merge(b);
    Histogram right = tail;
    right.merge(a);
    EXPECT_EQ(left, right);
    EXPECT_EQ(left.count(), a.count() + b.count() + c.count());

    Histogram with_nothing = a;
    with_nothing.merge(Histogram());
    EXPECT_EQ(with_nothing, a);
    Histogram from_nothing;
    from_nothing.merge(a);
    EXPECT_EQ(from_nothing, a);
}

// A run cut into shards, each read back from its file: in whatever order and grouping they are put
// together, it is the run that was not cut.
TEST(Histogram, MergingWhatWasReadBackIsLosslessInAnyOrder) {
    constexpr std::size_t kParts = 6;
    std::array<Histogram, kParts> parts;
    Histogram whole;
    Random random(12);
    for (int i = 0; i < 30'000; ++i) {
        const std::uint64_t value = draw_value(random);
        whole.record(value);
        parts.at(random.below(kParts)).record(value);
    }
    std::array<std::size_t, kParts> order{0, 1, 2, 3, 4, 5};
    const auto read_back = [&parts](std::size_t part) {
        Histogram histogram = Histogram::decode(parts.at(part).encode()).value();
        EXPECT_TRUE(histogram.restore(parts.at(part).max(), parts.at(part).clamped()));
        return histogram;
    };
    do {
        Histogram left;
        Histogram right;
        for (std::size_t i = 0; i < kParts; ++i) {
            (i < kParts / 2 ? left : right).merge(read_back(order.at(i)));
        }
        right.merge(left);
        ASSERT_EQ(right, whole);
    } while (std::next_permutation(order.begin(), order.end()) && order[0] == 0);
}

TEST(Histogram, MergedPartsEqualTheWhole) {
    Random random(4);
    Histogram whole;
    std::array<Histogram, 7> parts;
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t value =
            draw_value(random) + (i % 1'000 == 0 ? Histogram::kValueMax : 0);
        whole.record(value);
        parts.at(random.below(parts.size())).record(value);
    }
    Histogram merged;
    for (const Histogram& part : parts) {
        merged.merge(part);
    }
    EXPECT_EQ(merged, whole);
    EXPECT_EQ(merged.clamped(), 20u);
    EXPECT_EQ(merged.encode(), whole.encode());
}

TEST(Histogram, ClearedItIsAsNew) {
    Histogram histogram = draw_histogram(5, 1'000);
    histogram.record(Histogram::kValueMax + 1);
    histogram.clear();
    EXPECT_EQ(histogram, Histogram());
    histogram.record(7);
    EXPECT_THAT(buckets(histogram), ElementsAre(Pair(7u, 1u)));
    EXPECT_EQ(histogram.value_at(1), 7u);
}

TEST(Histogram, EncodingAndDecodingKeepEveryCount) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Histogram histogram = draw_histogram(seed, static_cast<int>(seed * seed));
        Result<Histogram> decoded = Histogram::decode(histogram.encode());
        ASSERT_TRUE(decoded) << decoded.error().detail;
        EXPECT_EQ(buckets(*decoded), buckets(histogram));
        EXPECT_EQ(decoded->count(), histogram.count());
        EXPECT_EQ(decoded->mean(), histogram.mean());
        EXPECT_EQ(decoded->encode(), histogram.encode());
        ASSERT_TRUE(decoded->restore(histogram.max(), histogram.clamped()));
        EXPECT_EQ(*decoded, histogram);
    }
}

TEST(Histogram, AfterDecodingTheMaximumIsItsBucketsHighest) {
    Histogram histogram;
    histogram.record(1'000'000);
    const auto decoded = Histogram::decode(histogram.encode());
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->max(), 1'000'447u);
    EXPECT_EQ(decoded->value_at(0.5), 1'000'447u);
}

TEST(Histogram, AfterDecodingTheMaximumIsStillNoMoreThanADay) {
    Histogram histogram;
    histogram.record(Histogram::kValueMax);
    const auto decoded = Histogram::decode(histogram.encode());
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, histogram);
}

TEST(Histogram, RestoresOnlyWhatAgreesWithTheCounts) {
    Histogram histogram;
    EXPECT_TRUE(histogram.restore(0, 0));
    EXPECT_FALSE(histogram.restore(1, 0));
    EXPECT_FALSE(histogram.restore(0, 1));
    histogram.record(1'000'000, 2);
    EXPECT_FALSE(histogram.restore(999'935, 0));
    EXPECT_FALSE(histogram.restore(1'000'448, 0));
    EXPECT_FALSE(histogram.restore(1'000'000, 1)) << "nothing here can have been clamped";
    EXPECT_TRUE(histogram.restore(999'936, 0));
    EXPECT_EQ(histogram.max(), 999'936u);
    histogram.record(Histogram::kValueMax, 2);
    EXPECT_FALSE(histogram.restore(Histogram::kValueMax, 3)) << "more than were counted there";
    EXPECT_FALSE(histogram.restore(Histogram::kValueMax + 1, 0));
    EXPECT_TRUE(histogram.restore(Histogram::kValueMax, 2));
    EXPECT_EQ(histogram.clamped(), 2u);
}

TEST(Histogram, DecodingRefusesWhatIsNone) {
    const auto decoded = Histogram::decode("HISTFAAA");
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace twinstorm::stats
