#include "twinstorm/agent/device_profile.h"

#include <set>

#include <gtest/gtest.h>

#include "agent/catalogue.h"
#include "defender/json_forms.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::agent {
namespace {

TEST(DeviceProfile, SameSeedSameDevice) {
    const DeviceProfile one = make_profile("gw-00001", 7);
    const DeviceProfile same = make_profile("gw-00001", 7);
    EXPECT_EQ(one.agent_id, same.agent_id);
    EXPECT_EQ(one.address(), same.address());
    EXPECT_EQ(one.serial_number, same.serial_number);
    EXPECT_NE(one.agent_id, make_profile("gw-00001", 8).agent_id);
}

TEST(DeviceProfile, StaysInsideTheCatalogueAndThePrivateRanges) {
    std::set<std::uint8_t> machines;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        const DeviceProfile profile = make_profile("gw", derive(seed, "any"));
        machines.insert(profile.machine);
        EXPECT_LT(profile.machine, catalogue().machines.size());
        EXPECT_LT(profile.operating_system, catalogue().operating_systems.size());
        EXPECT_LT(profile.operator_name, catalogue().operators.size());
        EXPECT_TRUE(defender::is_guid({profile.agent_id.data(), profile.agent_id.size()}));
        const std::uint32_t lan = profile.lan;
        EXPECT_TRUE(lan >> 24 == 10 || lan >> 20 == (172 << 4 | 1) || lan >> 16 == (192 << 8 | 168))
            << lan;
        EXPECT_EQ(profile.address() >> 8, lan >> 8);
        EXPECT_GE(profile.pace, 0.5);
        EXPECT_LT(profile.pace, 1.5);
    }
    EXPECT_EQ(machines.size(), catalogue().machines.size());
}

TEST(DeviceProfile, AnyDeviceIdBecomesAHostName) {
    EXPECT_EQ(make_profile("gw-00001", 1).host_name, "gw-00001");
    EXPECT_EQ(make_profile("a.b:c\"\\d\n", 1).host_name, "a-b-c--d-");
    EXPECT_EQ(make_profile(std::string(200, 'x'), 1).host_name, std::string(63, 'x'));
    EXPECT_EQ(make_profile("", 1).host_name, "");
}

}  // namespace
}  // namespace twinstorm::agent
