#include "twinstorm/plan/identity_state.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace twinstorm::plan {
namespace {

std::map<IdentityState, int> drawn(const IdentityShares& shares, std::uint64_t seed) {
    std::map<IdentityState, int> counts;
    for (int i = 0; i < 10'000; ++i) {
        ++counts[identity_state(shares, seed, "gw-" + std::to_string(i))];
    }
    return counts;
}

TEST(IdentityState, FollowsItsShares) {
    auto counts = drawn({0.02, 0.05, 0.1}, 7);
    EXPECT_NEAR(counts[IdentityState::kAbsent], 200, 60);
    EXPECT_NEAR(counts[IdentityState::kNeverConnected], 500, 100);
    EXPECT_NEAR(counts[IdentityState::kRejected], 1'000, 130);
}

TEST(IdentityState, IsOrdinaryWithoutShares) {
    EXPECT_EQ(drawn({}, 7)[IdentityState::kOrdinary], 10'000);
    EXPECT_EQ(drawn({0, 0, 1}, 7)[IdentityState::kRejected], 10'000);
}

TEST(IdentityState, DependsOnSeedAndDeviceAlone) {
    const IdentityShares shares{0.3, 0.3, 0.3};
    int differ = 0;
    for (int i = 0; i < 100; ++i) {
        const std::string id = std::to_string(i);
        EXPECT_EQ(identity_state(shares, 1, id), identity_state(shares, 1, id));
        differ += identity_state(shares, 1, id) != identity_state(shares, 2, id) ? 1 : 0;
    }
    EXPECT_GT(differ, 30);
}

}  // namespace
}  // namespace twinstorm::plan
