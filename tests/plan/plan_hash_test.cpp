#include "twinstorm/plan/plan_hash.h"

#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "plan/plans.h"

namespace twinstorm::plan {
namespace {

using namespace std::chrono_literals;

Role legacy_role() {
    Role role;
    role.persona = agent::make_persona(agent::Family::kLegacyC);
    return role;
}

agent::AgentOptions& options(Plan& plan) {
    return plan.groups[0].roles[0].persona.options;
}

// The first ones published stay as they are: whatever came later is written only where it is used.
TEST(PlanHash, OfAPlanFromBeforePersonasIsWhatItWas) {
    EXPECT_EQ(plan_hash(quickstart_plan()), "e7aab9484e11dfdd");
}

TEST(PlanHash, IsSixteenDigitsAndStable) {
    const Plan plan = quickstart_plan();
    EXPECT_EQ(plan_hash(plan).size(), 16u);
    EXPECT_EQ(plan_hash(plan).find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(plan_hash(plan), plan_hash(quickstart_plan()));
    EXPECT_EQ(plan_hash(Plan()), "93c87a226bc49f9e") << canonical_text(Plan());
}

TEST(PlanHash, IgnoresWordsForPeopleAndSecrets) {
    Plan plan = quickstart_plan();
    plan.question = "Another way to ask?";
    plan.source = "# a comment";
    EXPECT_EQ(plan_hash(plan), plan_hash(quickstart_plan()));

    Plan real = plan;
    real.hub = RealHub{Secret("HostName=a"), "", std::nullopt};
    Plan other = plan;
    other.hub = RealHub{Secret("HostName=b"), "", std::nullopt};
    EXPECT_EQ(plan_hash(real), plan_hash(other));
    EXPECT_EQ(canonical_text(real).find("HostName"), std::string::npos);
}

TEST(PlanHash, IgnoresTheOrderOfKeysInAPatch) {
    Plan plan = quickstart_plan();
    plan.phases[3].twin_updates->patches = {{{"A_B", 1}, {"C_D", 2}}};
    Plan other = quickstart_plan();
    other.phases[3].twin_updates->patches = {{{"C_D", 2}, {"A_B", 1}}};
    EXPECT_EQ(plan_hash(plan), plan_hash(other));
}

TEST(PlanHash, SeesEveryOtherChange) {
    const std::vector<std::function<void(Plan&)>> changes{
        [](Plan& plan) { plan.name = "other"; },
        [](Plan& plan) { plan.seed = 2; },
        [](Plan& plan) {
            plan.hub = MockHub{iothub::Tier::kS2, 1};
        },
        [](Plan& plan) {
            plan.hub = MockHub{iothub::Tier::kS3, 2};
        },
        [](Plan& plan) { std::get<MockHub>(plan.hub).throttle = false; },
        [](Plan& plan) { std::get<MockHub>(plan.hub).partitions = 8; },
        [](Plan& plan) { std::get<MockHub>(plan.hub).workers = 2; },
        [](Plan& plan) { std::get<MockHub>(plan.hub).verdicts = Verdicts::kAsShipped; },
        [](Plan& plan) {
            plan.hub = RealHub{Secret(), "hub.json", std::nullopt};
        },
        [](Plan& plan) {
            plan.hub = RealHub{Secret(), "hub.json", Budget{1, 2, 3s}};
        },
        [](Plan& plan) { plan.groups[0].name = "g"; },
        [](Plan& plan) { plan.groups[0].devices = 999; },
        [](Plan& plan) { plan.groups[0].id_pattern = "x-{index}"; },
        [](Plan& plan) { plan.groups[0].transport = Transport::kPaho; },
        [](Plan& plan) { plan.groups[0].security_messages = OpenLoad{3}; },
        [](Plan& plan) {
            plan.groups[0].security_messages = OpenLoad{2, load::ArrivalKind::kConstant};
        },
        [](Plan& plan) { plan.groups[0].security_messages = ClosedLoad{2}; },
        [](Plan& plan) { plan.groups[0].security_messages = PersonaSchedule{}; },
        [](Plan& plan) { plan.groups[0].roles[0].persona.habits.sas_lifetime = 2h; },
        [](Plan& plan) { plan.groups[0].roles[0].persona.habits.keep_alive = 60s; },
        [](Plan& plan) { plan.groups[0].roles.push_back(legacy_role()); },
        [](Plan& plan) { plan.groups[0].roles = {legacy_role()}; },
        [](Plan& plan) {
            plan.groups[0].roles = {legacy_role()};
            plan.groups[0].roles[0].starts_later = true;
        },
        [](Plan& plan) { plan.groups[0].roles[0].security_messages = ClosedLoad{3}; },
        [](Plan& plan) { options(plan).encoding = agent::Encoding::kJsonAsShipped; },
        [](Plan& plan) { options(plan).mixed_kinds = false; },
        [](Plan& plan) {
            options(plan).mixed_kinds = false;
            options(plan).kind = host::Kind::kKiosk;
        },
        [](Plan& plan) { options(plan).bundling = agent::Bundling::kPerCollector; },
        [](Plan& plan) { options(plan).unknown_keys = agent::UnknownKeys::kInvalid; },
        [](Plan& plan) { options(plan).beside_invalid = agent::BesideInvalid::kRejected; },
        [](Plan& plan) { options(plan).invalid_fields_as_text = true; },
        [](Plan& plan) { options(plan).patch_is_whole = true; },
        [](Plan& plan) { options(plan).first_collection_min = 1s; },
        [](Plan& plan) { options(plan).first_collection_max = 31s; },
        [](Plan& plan) { plan.groups[0].identities.absent = 0.1; },
        [](Plan& plan) { plan.groups[0].identities.never_connected = 0.1; },
        [](Plan& plan) { plan.groups[0].identities.rejected = 0.1; },
        [](Plan& plan) { plan.clock = kVirtualEpoch + 6h; },
        [](Plan& plan) {
            plan.phases[2].start = LifeCycleStep{"micro-linux", "", 5};
        },
        [](Plan& plan) {
            plan.phases[2].start = LifeCycleStep{"micro-linux", "gateways", 5};
        },
        [](Plan& plan) {
            plan.phases[2].start = LifeCycleStep{"micro-linux", "", 6};
        },
        [](Plan& plan) {
            plan.phases[2].stop = LifeCycleStep{"micro-linux", "", 5};
        },
        [](Plan& plan) { plan.phases[2].twin_updates->personas = {"micro-linux"}; },
        [](Plan& plan) { plan.groups.pop_back(); },
        [](Plan& plan) { plan.phases.pop_back(); },
        [](Plan& plan) { plan.phases[0].connect_rate = 100; },
        [](Plan& plan) { plan.phases[1].measure = true; },
        [](Plan& plan) { plan.phases[1].security_messages = false; },
        [](Plan& plan) { plan.phases[2].duration = 21s; },
        [](Plan& plan) { plan.phases[2].twin_updates->target = RateUpdates{101}; },
        [](Plan& plan) { plan.phases[2].twin_updates->target = EveryDevice{}; },
        [](Plan& plan) { plan.phases[2].twin_updates->patches.pop_back(); },
        [](Plan& plan) { plan.phases[2].faults = {Fault{DropAcknowledgementsFault{0.1}}}; },
        [](Plan& plan) { plan.phases[2].faults = {Fault{DropAcknowledgementsFault{0.2}}}; },
        [](Plan& plan) { plan.phases[1].faults = {Fault{DropAcknowledgementsFault{0.1}}}; },
        [](Plan& plan) { plan.phases[3].converged_share = 0.99; },
        [](Plan& plan) { plan.phases[3].at_most = 61s; },
        [](Plan& plan) { plan.phases[3].twin_updates->target = EveryDevice{5}; },
        [](Plan& plan) { plan.gates.clear(); },
        [](Plan& plan) { plan.gates[0].limit = 1; },
        [](Plan& plan) { plan.gates[0].comparison = Comparison::kGreater; },
    };
    std::set<std::string> hashes{plan_hash(quickstart_plan())};
    for (const auto& change : changes) {
        Plan plan = quickstart_plan();
        change(plan);
        EXPECT_TRUE(hashes.insert(plan_hash(plan)).second) << canonical_text(plan);
    }
}

}  // namespace
}  // namespace twinstorm::plan
