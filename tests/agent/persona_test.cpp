#include "twinstorm/agent/persona.h"

#include <chrono>

#include <gtest/gtest.h>

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

TEST(Persona, NamesLeadBackToTheirFamilies) {
    for (const Family family :
         {Family::kMicroLinux, Family::kLegacyC, Family::kLegacyCs, Family::kMicroRtos}) {
        EXPECT_EQ(find_family(name(family)), family);
        EXPECT_EQ(make_persona(family).name, name(family));
    }
    EXPECT_EQ(find_family("legacy"), std::nullopt);
    EXPECT_EQ(find_family("template"), std::nullopt);  // That one needs a file.
    EXPECT_EQ(find_family(""), std::nullopt);
}

TEST(Persona, EachSpeaksThroughItsOwnIdentity) {
    EXPECT_EQ(make_persona(Family::kMicroLinux).module_id, "DefenderIotMicroAgent");
    EXPECT_EQ(make_persona(Family::kLegacyC).module_id, "azureiotsecurity");
    EXPECT_EQ(make_persona(Family::kLegacyCs).module_id, "azureiotsecurity");
    EXPECT_EQ(make_persona(Family::kMicroRtos).module_id, "");
    EXPECT_FALSE(make_persona(Family::kMicroRtos).has_twin);
    EXPECT_TRUE(make_persona(Family::kMicroLinux).has_twin);
}

TEST(Persona, HabitsAreThoseOfTheSdkBelow) {
    const Persona micro = make_persona(Family::kMicroLinux);
    EXPECT_EQ(from_seconds(to_seconds(micro.habits.sas_lifetime) * micro.habits.renew_at_share),
              Duration(48min));
    EXPECT_EQ(micro.habits.keep_alive, 240s);
    EXPECT_EQ(micro.habits.retry_max, Duration(30s));
    EXPECT_FALSE(micro.habits.restarts);
    const Persona in_c = make_persona(Family::kLegacyC);
    EXPECT_TRUE(in_c.habits.restarts);
    EXPECT_EQ(in_c.habits.restart_after, Duration(10s));
    EXPECT_EQ(in_c.habits.twin_wait, Duration(30s));
    EXPECT_EQ(in_c.habits.twin_tick, Duration(10s));
    const Persona in_cs = make_persona(Family::kLegacyCs);
    EXPECT_TRUE(in_cs.habits.restarts);
    EXPECT_EQ(in_cs.habits.twin_tick, Duration(0s));
    EXPECT_EQ(in_cs.habits.keep_alive, 300s);
    EXPECT_DOUBLE_EQ(in_cs.habits.renew_at_share, 0.85);
}

TEST(Persona, AnRtosSpeaksFlatBuffersAndTheOthersStrictJson) {
    EXPECT_EQ(make_persona(Family::kMicroRtos).options.encoding, Encoding::kFlatBuffers);
    EXPECT_EQ(make_persona(Family::kMicroLinux).options.encoding, Encoding::kJson);
    EXPECT_EQ(make_persona(Family::kLegacyC).options.encoding, Encoding::kJson);
}

}  // namespace
}  // namespace twinstorm::agent
