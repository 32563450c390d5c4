#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plans.h"
#include "twinstorm/plan/estimate.h"
#include "twinstorm/plan/unit_cost.h"

namespace twinstorm::plan {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

MachineLimits machine(std::uint64_t files, std::uint64_t memory_bytes, std::uint32_t ports,
                      double cores) {
    return {files, memory_bytes, ports, cores};
}

TEST(Shortages, NameWhatThisMachineLacksAndWhatWouldDo) {
    const Estimate sums = estimate(quickstart_plan());
    EXPECT_THAT(shortages(sums, {}), IsEmpty()) << "unknown limits are not judged";
    EXPECT_THAT(shortages(sums, machine(1'082, sums.memory_bytes, 1'010, 2)), IsEmpty());
    EXPECT_THAT(
        shortages(sums, machine(1'073, 1 << 20, 1'009, 2)),
        ElementsAre(
            AllOf(HasSubstr("The fleet needs 1,074 open files and the hub 1,082, and this machine "
                            "allows a process 1,073: raise the limit with `ulimit -n 1082`"),
                  HasSubstr("divide the devices among several scenarios")),
            AllOf(HasSubstr("About 81.4 MiB of memory are needed, and 1.0 MiB are available"),
                  HasSubstr("run the hub on another machine")),
            HasSubstr("1,010 local ports are needed, and 1,009 are available at 1 source "
                      "address: widen `net.ipv4.ip_local_port_range`")));
}

TEST(Shortages, NameTheOneProcessThatLacksFiles) {
    const Estimate sums = estimate(quickstart_plan());
    EXPECT_THAT(shortages(sums, machine(1'080, sums.memory_bytes, 1'010, 2)),
                ElementsAre(HasSubstr("The hub needs 1,082 open files, and this machine")));
}

TEST(Shortages, SpreadOverAddressesOnlyWhereThatIsPossible) {
    Plan plan = quickstart_plan();
    plan.groups[0].devices = 50'000;
    EXPECT_THAT(shortages(estimate(plan), {}), IsEmpty()) << "three addresses of 28,000 ports";
    plan.hub = RealHub{Secret("HostName=h"), "", std::nullopt};
    EXPECT_EQ(estimate(plan).source_addresses, 1u);
    EXPECT_THAT(shortages(estimate(plan), {}),
                ElementsAre(HasSubstr("50,010 local ports are needed, and 28,000 are available")));
    plan.hub = RealHub{Secret(), "hub.json", std::nullopt};
    EXPECT_THAT(shortages(estimate(plan), {}), IsEmpty());
}

TEST(Estimate, CountsTheCoresOfTheBusiestPhase) {
    Plan plan = quickstart_plan();
    plan.groups.pop_back();
    plan.phases[2].twin_updates.reset();
    plan.phases[3].twin_updates.reset();
    Estimate sums = estimate(plan);
    // 1,000 agents connect at 200/s; then they send 2 messages a second each.
    EXPECT_EQ(sums.busiest_phase, "connect");
    EXPECT_NEAR(sums.fleet_cores, 200 * unit_cost::kFleetConnectUs / 1e6, 1e-3);
    EXPECT_NEAR(sums.hub_cores, 200 * unit_cost::kHubConnectUs / 1e6, 1e-3);
    plan.phases[0].connect_rate = 10;
    plan.phases.pop_back();
    sums = estimate(plan);
    EXPECT_EQ(sums.busiest_phase, "warm-up");
    EXPECT_NEAR(sums.fleet_cores, 2'000 * unit_cost::kFleetMessageUs / 1e6, 1e-3);
    plan.phases[2].twin_updates = TwinUpdates{RateUpdates{400}, {}};
    sums = estimate(plan);
    EXPECT_EQ(sums.busiest_phase, "steady");
    EXPECT_NEAR(sums.fleet_cores,
                (2'000 * unit_cost::kFleetMessageUs + 400 * unit_cost::kFleetTwinUpdateUs) / 1e6,
                1e-3);
    EXPECT_NEAR(sums.hub_cores,
                (2'000 * unit_cost::kHubMessageUs + 400 * unit_cost::kHubTwinUpdateUs) / 1e6, 1e-3);
    plan.hub = RealHub{Secret(), "hub.json", std::nullopt};
    EXPECT_EQ(estimate(plan).hub_cores, 0) << "not on this machine, or not ours to count";
    EXPECT_EQ(estimate(Plan()).busiest_phase, "");
}

TEST(Estimate, CountsPersonasThatAPhaseStarts) {
    Plan plan = quickstart_plan();
    plan.groups.pop_back();
    plan.phases[0].connect_rate = 1;
    plan.groups[0].security_messages = PersonaSchedule{};
    plan.phases[3].twin_updates.reset();
    plan.phases[2].twin_updates.reset();
    plan.phases[2].start = LifeCycleStep{"micro-linux", "", 300};
    const Estimate sums = estimate(plan);
    EXPECT_EQ(sums.busiest_phase, "steady");
    EXPECT_NEAR(sums.fleet_cores, 300 * unit_cost::kFleetConnectUs / 1e6, 1e-2);
}

TEST(Shortages, AHopelessLoadIsOneAndAHeavyOneIsInDoubt) {
    Estimate sums = estimate(quickstart_plan());
    sums.busiest_phase = "steady";
    sums.fleet_cores = 1.5;
    sums.hub_cores = 0.9;
    EXPECT_THAT(doubts(sums, machine(0, 0, 28'000, 2.4)), IsEmpty());
    EXPECT_THAT(doubts(sums, {}), IsEmpty()) << "unknown";
    EXPECT_THAT(
        doubts(sums, machine(0, 0, 28'000, 2)),
        ElementsAre(AllOf(HasSubstr("about 1.5 cores for the fleet and 0.9 for the hub in phase "
                                    "`steady`"),
                          HasSubstr("this machine has 2"), HasSubstr("lower the rates"))));
    EXPECT_THAT(shortages(sums, machine(0, 0, 28'000, 2)), IsEmpty());
    EXPECT_THAT(shortages(sums, machine(0, 0, 28'000, 1)),
                ElementsAre(AllOf(HasSubstr("The load needs about 1.5 cores"),
                                  HasSubstr("this machine has 1: lower the rates, or run the hub "
                                            "on another machine"))));
    EXPECT_THAT(doubts(sums, machine(0, 0, 28'000, 1)), IsEmpty()) << "said already";
    sums.hub_cores = 0;
    EXPECT_THAT(shortages(sums, machine(0, 0, 28'000, 0.5)),
                ElementsAre(AllOf(HasSubstr("this machine has 0.5"), Not(HasSubstr("hub on")))));
}

}  // namespace
}  // namespace twinstorm::plan
