#include "twinstorm/base/seed.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace twinstorm {
namespace {

TEST(Seed, TheSameNameGivesTheSameSeedAndAnotherNameAnother) {
    EXPECT_EQ(derive(1, "gw-00001"), derive(1, "gw-00001"));
    EXPECT_NE(derive(1, "gw-00001"), derive(1, "gw-00002"));
    EXPECT_NE(derive(1, "gw-00001"), derive(2, "gw-00001"));
}

TEST(Seed, DrawsAreFixedForAllTime) {
    Random random(1);
    EXPECT_EQ(random.bits(), 0x910a2dec89025cc1u);  // SplitMix64's published sequence for seed 1.
    EXPECT_EQ(random.bits(), 0xbeeb8da1658eec67u);
}

TEST(Seed, BelowCoversItsRangeEvenly) {
    Random random(7);
    std::array<int, 5> seen{};
    for (int i = 0; i < 50'000; ++i) {
        ++seen.at(random.below(5));
    }
    for (const int count : seen) {
        EXPECT_NEAR(count, 10'000, 500);
    }
}

// Against the distribution's own function, from its middle far into its tail.
TEST(Seed, ExponentialIsDistributedSo) {
    constexpr int kDraws = 2'000'000;
    constexpr std::array kPlaces{0.001, 0.01, 0.1, 0.5, 1.0, 2.0, 4.0, 7.0, 7.69, 7.70, 9.0};
    Random random(11);
    std::array<int, kPlaces.size()> beyond{};
    for (int i = 0; i < kDraws; ++i) {
        const double drawn = random.exponential();
        ASSERT_GE(drawn, 0);
        for (std::size_t place = 0; place < kPlaces.size(); ++place) {
            beyond[place] += drawn > kPlaces[place] ? 1 : 0;
        }
    }
    for (std::size_t place = 0; place < kPlaces.size(); ++place) {
        const double expected = kDraws * std::exp(-kPlaces[place]);
        const double deviation = std::sqrt(expected * (1 - std::exp(-kPlaces[place])));
        EXPECT_NEAR(beyond[place], expected, 4 * deviation) << kPlaces[place];
    }
}

TEST(Seed, ExponentialHasMeanOne) {
    Random random(7);
    double sum = 0;
    for (int i = 0; i < 100'000; ++i) {
        sum += random.exponential();
    }
    EXPECT_NEAR(sum / 100'000, 1.0, 0.02);
}

}  // namespace
}  // namespace twinstorm
