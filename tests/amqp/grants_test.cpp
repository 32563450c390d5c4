#include "amqp/grants.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "amqp/limits.h"

namespace twinstorm::amqp {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = kVirtualEpoch;

TEST(Grants, AllowNothingAtFirst) {
    const Grants grants;
    EXPECT_FALSE(grants.allows("", kNow));
    EXPECT_FALSE(grants.any(kNow));
    EXPECT_EQ(grants.next_expiry(kNow), std::nullopt);
}

TEST(Grants, EndWhenTheirTokenDoes) {
    Grants grants;
    EXPECT_TRUE(grants.add("sb://ns/ehub", kNow + 10s, kNow));
    EXPECT_TRUE(grants.add("host", kNow + 5s, kNow));
    EXPECT_TRUE(grants.allows("other", kNow));
    EXPECT_EQ(grants.next_expiry(kNow), kNow + 5s);
    EXPECT_FALSE(grants.allows("other", kNow + 5s));
    EXPECT_TRUE(grants.allows("ehub/x", kNow + 5s));
    EXPECT_EQ(grants.next_expiry(kNow + 5s), kNow + 10s);
    EXPECT_FALSE(grants.any(kNow + 10s));
}

TEST(Grants, ANewerTokenTakesTheOlderOnesPlace) {
    Grants grants;
    EXPECT_TRUE(grants.add("sb://ns/ehub", kNow + 10s, kNow));
    EXPECT_TRUE(grants.add("sb://ns/ehub/", kNow + 20s, kNow));
    EXPECT_TRUE(grants.allows("ehub", kNow + 15s));
    EXPECT_EQ(grants.next_expiry(kNow), kNow + 20s);
}

TEST(Grants, APasswordOpensEverything) {
    Grants grants;
    grants.add_everything(kNow + 1h);
    EXPECT_TRUE(grants.allows("anything/at/all", kNow));
    EXPECT_FALSE(grants.allows("anything/at/all", kNow + 1h));
}

TEST(Grants, OnlySoManyAndExpiredOnesMakeRoom) {
    Grants grants;
    for (std::size_t i = 0; i < kTokensMax; ++i) {
        EXPECT_TRUE(grants.add("h/" + std::to_string(i), kNow + 10s, kNow));
    }
    EXPECT_FALSE(grants.add("h/more", kNow + 10s, kNow));
    EXPECT_TRUE(grants.add("h/0", kNow + 20s, kNow)) << "it is known already";
    EXPECT_TRUE(grants.add("h/more", kNow + 20s, kNow + 10s));
}

}  // namespace
}  // namespace twinstorm::amqp
