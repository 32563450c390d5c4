#include "host/profile.h"

#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "host/entries.h"
#include "host/rows.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::host {
namespace {

TEST(Profile, SameSeedSameDevice) {
    const Profile one = make_profile("gw-00001", 7, Kind::kCamera);
    const Profile same = make_profile("gw-00001", 7, Kind::kCamera);
    EXPECT_EQ(one.agent_id, same.agent_id);
    EXPECT_EQ(one.address, same.address);
    EXPECT_EQ(one.mac, same.mac);
    EXPECT_NE(one.agent_id, make_profile("gw-00001", 8, Kind::kCamera).agent_id);
}

TEST(Profile, StaysInsideTheCatalogueAndThePrivateRanges) {
    const std::regex guid("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    std::set<std::uint16_t> machines;
    for (std::uint64_t i = 0; i < 500; ++i) {
        const Profile profile =
            make_profile("gw", derive(i, "any"), static_cast<Kind>(i % kKindCount));
        machines.insert(profile.machine);
        ASSERT_LT(profile.machine, catalogue().machines.size());
        EXPECT_NE(machine_rows()[profile.machine].kinds & of(profile.kind), 0);
        EXPECT_LT(profile.operating_system, catalogue().operating_systems.size());
        EXPECT_GE(profile.person, user::kPersonFirst);
        EXPECT_LT(profile.person, user::kPersonEnd);
        EXPECT_TRUE(std::regex_match(profile.agent_id.begin(), profile.agent_id.end(), guid));
        const std::uint32_t a = profile.address;
        EXPECT_TRUE(a >> 24 == 10 || a >> 20 == (172 << 4 | 1) || a >> 16 == (192 << 8 | 168)) << a;
        EXPECT_GE(profile.pace, kPaceMin);
        EXPECT_LT(profile.pace, kPaceMax);
        EXPECT_EQ(profile.mac >> 40, 0x02u);
    }
    EXPECT_EQ(machines.size(), catalogue().machines.size());
}

TEST(Profile, AnyDeviceIdBecomesAHostName) {
    const auto host_name = [](const std::string& id) {
        return make_profile(id, 1, Kind::kSensor).host_name;
    };
    EXPECT_EQ(host_name("gw-00001"), "gw-00001");
    EXPECT_EQ(host_name("a.b:c\"\\d\n"), "a-b-c--d-");
    EXPECT_EQ(host_name(std::string(200, 'x')), std::string(63, 'x'));
    EXPECT_EQ(host_name(""), "");
}

TEST(Kind, NamesAreFoundAgain) {
    for (std::size_t i = 0; i < kKindCount; ++i) {
        EXPECT_EQ(find_kind(name(static_cast<Kind>(i))), static_cast<Kind>(i));
    }
    EXPECT_EQ(name(Kind::kIndustrialPc), "industrial-pc");
    EXPECT_FALSE(find_kind("toaster"));
}

}  // namespace
}  // namespace twinstorm::host
