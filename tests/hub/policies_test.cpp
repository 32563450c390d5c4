#include "hub/policies.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::hub {
namespace {

TEST(Policies, AreTheFiveOfANewHub) {
    const Policies policies(1, {});
    const auto allows = [&](std::string_view policy, Right right) {
        return policies.find(policy)->allows(right);
    };
    for (const Right right : {Right::kRegistryRead, Right::kRegistryWrite, Right::kServiceConnect,
                              Right::kDeviceConnect}) {
        EXPECT_TRUE(allows("iothubowner", right));
        EXPECT_EQ(allows("service", right), right == Right::kServiceConnect);
        EXPECT_EQ(allows("device", right), right == Right::kDeviceConnect);
        EXPECT_EQ(allows("registryRead", right), right == Right::kRegistryRead);
        EXPECT_EQ(allows("registryReadWrite", right),
                  right == Right::kRegistryRead || right == Right::kRegistryWrite);
    }
    EXPECT_EQ(policies.find("other"), nullptr);
    EXPECT_EQ(policies.find(""), nullptr);
}

TEST(Policies, HaveKeysOfTheirOwnFromTheSeed) {
    const Policies policies(1, {});
    const Policies again(1, {});
    const Policies other(2, {});
    std::set<std::string> keys;
    for (const std::string_view name :
         {"iothubowner", "service", "device", "registryRead", "registryReadWrite"}) {
        const Policy* policy = policies.find(name);
        keys.insert(policy->primary_key.reveal());
        keys.insert(policy->secondary_key.reveal());
        EXPECT_EQ(base64_decode(policy->primary_key.reveal()).value().size(), 32U);
        EXPECT_EQ(again.find(name)->primary_key.reveal(), policy->primary_key.reveal());
        EXPECT_NE(other.find(name)->primary_key.reveal(), policy->primary_key.reveal());
    }
    EXPECT_EQ(keys.size(), 10U);
}

TEST(Policies, TakeTheOwnersKey) {
    const Policies policies(1, Secret("b3duZXI="));
    EXPECT_EQ(policies.owner().primary_key.reveal(), "b3duZXI=");
}

}  // namespace
}  // namespace twinstorm::hub
