#include "twinstorm/plan/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plans.h"

namespace twinstorm::plan {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Estimate, CountsWhatAQuickstartNeeds) {
    const Estimate sums = estimate(quickstart_plan());
    EXPECT_EQ(sums.connections, 1'010u);
    EXPECT_EQ(sums.files, 1'010u + 64);
    EXPECT_EQ(sums.hub_files, 1'010u + 8 + 64);
    EXPECT_EQ(sums.memory_bytes, 1'010u * (24 + 18) * 1024 + 2 * 20 * 1024 * 1024);
    EXPECT_EQ(sums.source_addresses, 1u);
    EXPECT_DOUBLE_EQ(sums.connect_s, 5.05);
    EXPECT_DOUBLE_EQ(sums.connect_at_tier_s, 1'010 / 6'000.0);
    EXPECT_DOUBLE_EQ(sums.load_s, 85);
    EXPECT_DOUBLE_EQ(sums.messages_per_s, 2'000);
    EXPECT_DOUBLE_EQ(sums.scheduled_per_day, 10 * 12) << "the reference group's own schedule";
    EXPECT_DOUBLE_EQ(sums.messages_per_day, 2'000.0 * 86'400 + 120);
    EXPECT_DOUBLE_EQ(sums.quota_share, (2'000.0 * 86'400 + 120) / 300e6);
    // Twin reads, 85 s of messages, 2,000 updates and a roll-out of three billed messages each.
    EXPECT_NEAR(sums.run_messages, 1'010 + 85 * 2'000 + 3 * 2'000 + 3 * 1'010, 1);
    EXPECT_THAT(sums.notes, IsEmpty());
}

TEST(Estimate, KnowsNoTierOfARealHub) {
    Plan plan = quickstart_plan();
    plan.hub = RealHub{Secret(), "hub.json", std::nullopt};
    const Estimate sums = estimate(plan);
    EXPECT_EQ(sums.hub_files, 0u);
    EXPECT_EQ(sums.connect_at_tier_s, 0);
    EXPECT_EQ(sums.quota_share, 0);
    EXPECT_DOUBLE_EQ(sums.messages_per_day, 2'000.0 * 86'400 + 120);
    EXPECT_LT(sums.memory_bytes, estimate(quickstart_plan()).memory_bytes);
    EXPECT_THAT(sums.notes, IsEmpty());
}

TEST(Estimate, CountsHalfKilobyteBlocksOnTheFreeTier) {
    Plan plan = quickstart_plan();
    plan.hub = MockHub{iothub::Tier::kF1, 1};
    EXPECT_DOUBLE_EQ(estimate(plan).messages_per_day, 3 * (2'000.0 * 86'400 + 120));
}

TEST(Estimate, LeavesOutPhasesAndGroupsWithoutOpenLoad) {
    Plan plan = quickstart_plan();
    plan.groups[0].security_messages = ClosedLoad{16};
    EXPECT_EQ(estimate(plan).messages_per_s, 0);
    plan = quickstart_plan();
    plan.phases[2].security_messages = false;
    EXPECT_NEAR(estimate(plan).run_messages, 1'010 + 65 * 2'000 + 3 * 2'000 + 3 * 1'010, 1);
}

Role role_of(agent::Family family) {
    Role role;
    role.persona = agent::make_persona(family);
    return role;
}

TEST(Estimate, CountsEveryPersonaOfADevice) {
    Plan plan = quickstart_plan();
    plan.groups.pop_back();
    plan.groups[0].security_messages = PersonaSchedule{};
    plan.groups[0].roles = {role_of(agent::Family::kLegacyC), role_of(agent::Family::kMicroLinux),
                            role_of(agent::Family::kMicroRtos)};
    plan.groups[0].roles[1].starts_later = true;
    const Estimate sums = estimate(plan);
    EXPECT_EQ(sums.connections, 3'000u);
    EXPECT_DOUBLE_EQ(sums.connect_s, 5) << "a device's identities connect together";
    EXPECT_DOUBLE_EQ(sums.connect_at_tier_s, 2'000 / 6'000.0) << "those that start later do not";
    EXPECT_DOUBLE_EQ(sums.scheduled_per_day, 1'000 * (8 + 12 + 8'640.0));
    EXPECT_EQ(sums.messages_per_s, 0);
    // Two twins are read, and one of them is patched: the first persona's that has one.
    EXPECT_NEAR(sums.run_messages,
                2'000 + 3 * 2'000 + 3 * 1'000 + sums.scheduled_per_day * 85 / 86'400, 1e-6);
    plan.groups[0].roles[1].persona.options.bundling = agent::Bundling::kPerCollector;
    EXPECT_DOUBLE_EQ(estimate(plan).scheduled_per_day, 1'000 * (8 + 44 + 8'640.0));
}

TEST(Estimate, LeavesOutIdentitiesWithoutAClient) {
    Plan plan = quickstart_plan();
    plan.groups.pop_back();
    plan.groups[0].identities.never_connected = 0.05;
    plan.groups[0].identities.rejected = 0.05;
    EXPECT_EQ(estimate(plan).connections, 950u) << "rejected ones try, absent ones too";
}

TEST(Estimate, NotesAPersonaThatIsStartedTooFast) {
    Plan plan = quickstart_plan();
    plan.hub = MockHub{iothub::Tier::kS1, 1};
    plan.groups[0].roles = {role_of(agent::Family::kLegacyC), role_of(agent::Family::kMicroLinux)};
    plan.groups[0].roles[1].starts_later = true;
    plan.groups[0].devices = 20'000;
    plan.groups[0].security_messages = PersonaSchedule{};
    plan.phases[2].start = LifeCycleStep{"micro-linux", "", 300};
    EXPECT_THAT(estimate(plan).notes,
                ::testing::Contains(HasSubstr("Starting micro-linux in phase `steady`: 300/s "
                                              "planned, S1 x 1 serves 100/s")));
}

TEST(Estimate, SpreadsOverSourceAddresses) {
    Plan plan = quickstart_plan();
    plan.groups.pop_back();
    plan.groups[0].devices = 20'000;
    EXPECT_EQ(estimate(plan).source_addresses, 1u);
    plan.groups[0].devices = 20'001;
    EXPECT_EQ(estimate(plan).source_addresses, 2u);
}

TEST(Estimate, SurvivesAnEmptyPlan) {
    const Estimate sums = estimate(Plan());
    EXPECT_EQ(sums.connections, 0u);
    EXPECT_EQ(sums.source_addresses, 1u);
    EXPECT_EQ(sums.connect_s, 0);
}

TEST(Estimate, NotesEveryLimitThatThePlanGoesOver) {
    Plan plan = quickstart_plan();
    plan.hub = MockHub{iothub::Tier::kS1, 1};
    plan.phases[3].at_most = 10s;
    plan.groups[0].security_messages = OpenLoad{10};
    EXPECT_THAT(
        estimate(plan).notes,
        ElementsAre(
            "Creating 2,020 identities: S1 x 1 serves 1.67/s, about 19.2min beyond its burst "
            "credit.",
            "Security messages: 10,000/s planned, S1 x 1 serves 100/s; its burst credit lasts "
            "606ms, then the hub throttles.",
            "Roll-out in phase `rollout`: 40.4s at what S1 x 1 serves for long, beyond its "
            "`at_most` of 10s; only the tier's burst credit can make it."));
    plan.phases[2].duration = 60s;
    const auto notes = estimate(plan).notes;
    EXPECT_THAT(notes.at(2),
                "Twin updates in phase `steady`, each with its reported patch: 200/s planned, S1 x "
                "1 serves 50/s; its burst credit lasts 20s, then the hub throttles.");
    EXPECT_THAT(notes.back(),
                HasSubstr("Messages: this run needs 772,040 or more, S1 x 1 has 400,000 a day."));
    plan.groups[0].devices = 20'000;
    EXPECT_THAT(estimate(plan).notes.at(1),
                "Connecting: 200/s planned, S1 x 1 serves 100/s; its burst credit lasts 60s, then "
                "the hub throttles.");
    std::get<MockHub>(plan.hub).throttle = false;
    EXPECT_THAT(estimate(plan).notes, IsEmpty()) << "a hub that does not throttle has no limits";
}

}  // namespace
}  // namespace twinstorm::plan
