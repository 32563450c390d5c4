#include "twinstorm/plan/life_cycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinstorm::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Role role_of(agent::Family family, bool later = false) {
    Role role;
    role.persona = agent::make_persona(family);
    role.starts_later = later;
    return role;
}

// Legacy agents give way to micro agents; a group of RTOS devices looks on.
Plan migration() {
    Plan plan;
    plan.groups.resize(2);
    plan.groups[0].name = "gateways";
    plan.groups[0].devices = 100;
    plan.groups[0].roles = {role_of(agent::Family::kLegacyC),
                            role_of(agent::Family::kMicroLinux, true)};
    plan.groups[1].name = "sensors";
    plan.groups[1].devices = 7;
    plan.groups[1].roles = {role_of(agent::Family::kMicroRtos)};
    plan.phases.resize(4);
    for (std::size_t i = 1; i < 4; ++i) {
        plan.phases[i].twin_updates = TwinUpdates{};
    }
    plan.phases[2].start = LifeCycleStep{"micro-linux", "", 10};
    plan.phases[3].stop = LifeCycleStep{"legacy-c", "gateways", 10};
    return plan;
}

TEST(LifeCycle, RunsFromItsStartToItsStop) {
    const Plan plan = migration();
    const auto runs = [&plan](RoleRef which) {
        std::vector<bool> phases;
        for (std::size_t phase = 0; phase < plan.phases.size(); ++phase) {
            phases.push_back(runs_in(plan, phase, which));
        }
        return phases;
    };
    EXPECT_THAT(runs({0, 0}), ElementsAre(true, true, true, false));
    EXPECT_THAT(runs({0, 1}), ElementsAre(false, false, true, true));
    EXPECT_THAT(runs({1, 0}), ElementsAre(true, true, true, true));
}

TEST(LifeCycle, UpdatesTheFirstPersonaWithATwinUnlessOneIsNamed) {
    Plan plan = migration();
    EXPECT_THAT(updated_roles(plan, 0), IsEmpty()) << "no updates";
    EXPECT_THAT(updated_roles(plan, 1), ElementsAre(RoleRef{0, 0}));
    EXPECT_THAT(updated_roles(plan, 3), IsEmpty()) << "it was stopped";
    plan.phases[3].twin_updates->personas = {"micro-linux", "micro-rtos"};
    EXPECT_THAT(updated_roles(plan, 3), ElementsAre(RoleRef{0, 1})) << "an RTOS has no twin";
    EXPECT_EQ(identities_in(plan, updated_roles(plan, 3)), 100u);
    plan.phases[1].twin_updates->personas = {"micro-linux"};
    EXPECT_THAT(updated_roles(plan, 1), IsEmpty()) << "not started yet";
}

TEST(LifeCycle, MeansOneGroupOrAll) {
    const Plan plan = migration();
    const Group& group = plan.groups[0];
    EXPECT_TRUE(is_meant({"legacy-c", "", 1}, group, group.roles[0]));
    EXPECT_TRUE(is_meant({"legacy-c", "gateways", 1}, group, group.roles[0]));
    EXPECT_FALSE(is_meant({"legacy-c", "sensors", 1}, group, group.roles[0]));
    EXPECT_FALSE(is_meant({"legacy-c", "", 1}, group, group.roles[1]));
}

}  // namespace
}  // namespace twinstorm::plan
