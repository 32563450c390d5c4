#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plans.h"
#include "twinstorm/plan/estimate.h"

namespace twinstorm::plan {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(EstimateText, IsATableForPeople) {
    const Plan plan = quickstart_plan();
    EXPECT_EQ(format(plan, estimate(plan)),
              R"(scenario  quickstart
question  How fast?
hub       mock, S3 x 1
seed      1
plan      0123456789abcdef

group      devices  ids                                 transport  persona      messages
gateways   1,000    gw-00000 to gw-00999                asio       micro-linux  2/s each, poisson
reference  10       reference-00000 to reference-00009  paho       micro-linux  scheduled, 12 a day

phase    length       what
connect  5.05s        connect at 200/s
warm-up  5s           not measured
steady   20s          100/s twin updates, constant
rollout  at most 60s  one twin update for every device; until 100% have confirmed

connections       1,010
open files        1,074 for the fleet, 1,082 for the hub
memory            about 81.4 MiB
cores             about 0.2 for the fleet, 0.12 for the hub, in phase `connect`
source addresses  1
connecting        5.05s; at the tier's limit 168ms
load              at most 85s
messages          2,000 a second by load, 120 a day by schedule; 180,040 or more billed by this run
at this rate      172,800,120 messages a day, 57.6% of the tier's quota

gates
  twin_update.round_trip.p99 < 500ms
)");
}

TEST(EstimateText, ShowsPersonasStatesAndLifeCycle) {
    Plan plan = quickstart_plan();
    Role legacy;
    legacy.persona = agent::make_persona(agent::Family::kLegacyC);
    Role later;
    later.starts_later = true;
    plan.groups[0].roles = {legacy, later};
    plan.groups[0].identities = {0.02, 0, 0.015};
    plan.phases[1].start = LifeCycleStep{"micro-linux", "", 50};
    plan.phases[2].stop = LifeCycleStep{"legacy-c", "gateways", 20};
    plan.phases[3].twin_updates->personas = {"micro-linux"};
    plan.clock = kVirtualEpoch + std::chrono::hours(6);
    const std::string text = format(plan, estimate(plan));
    EXPECT_THAT(text, HasSubstr("clock     2026-01-01T06:00:00"));
    EXPECT_THAT(text, HasSubstr("asio       legacy-c            2/s each, poisson\n"));
    EXPECT_THAT(text, HasSubstr("           micro-linux, later  2/s each, poisson\n"));
    EXPECT_THAT(text, HasSubstr("identities of gateways: 2% absent, 1.5% rejected\n"));
    EXPECT_THAT(text, HasSubstr("start micro-linux at 50/s; not measured\n"));
    EXPECT_THAT(text, HasSubstr("stop legacy-c in gateways at 20/s\n"));
    EXPECT_THAT(text, HasSubstr("one twin update for every device of micro-linux; until"));
}

TEST(EstimateText, TellsOtherPlansApart) {
    Plan plan = quickstart_plan();
    plan.question.clear();
    plan.gates.clear();
    plan.hub = RealHub{Secret("HostName=h"), "", std::nullopt};
    plan.groups[0].security_messages = ClosedLoad{16};
    plan.groups[0].devices = 1;
    plan.phases[2].security_messages = false;
    plan.phases[3].twin_updates->target = EveryDevice{50};
    Estimate sums = estimate(plan);
    sums.notes = {"A note."};
    const std::string text = format(plan, sums);
    EXPECT_THAT(text, HasSubstr("hub       real, by its connection string\n"));
    EXPECT_THAT(text, HasSubstr("gateways   1        gw-00000  "));
    EXPECT_THAT(text, HasSubstr("16 in flight each\n"));
    EXPECT_THAT(text, HasSubstr("constant; no security messages\n"));
    EXPECT_THAT(text, HasSubstr("one twin update for every device, 50/s; until"));
    EXPECT_THAT(text, HasSubstr("\nnotes\n  A note.\n"));
    EXPECT_THAT(text, Not(HasSubstr("question")));
    EXPECT_THAT(text, Not(HasSubstr("gates")));
    EXPECT_THAT(text, Not(HasSubstr("quota")));
    EXPECT_THAT(text, Not(HasSubstr("HostName")));
    plan.phases[2].security_messages = true;
    plan.phases[2].twin_updates.reset();
    EXPECT_THAT(format(plan, sums), HasSubstr("steady   20s          security messages\n"));
    sums.load_s = 0;
    EXPECT_THAT(format(plan, sums), HasSubstr("load              none\n"));
    plan.hub = RealHub{Secret(), "hub.json", std::nullopt};
    EXPECT_THAT(format(plan, sums), HasSubstr("hub       real, by `hub.json`\n"));
    plan.hub = MockHub{iothub::Tier::kS1, 2, false, 8, 3, Verdicts::kAsShipped};
    EXPECT_THAT(
        format(plan, sums),
        HasSubstr("hub       mock, S1 x 2, not throttled, 8 partitions, 3 workers, verdicts "
                  "as-shipped\n"));
    Fault stall{StallFault{}};
    stall.start = std::chrono::seconds(2);
    stall.duration = std::chrono::seconds(1);
    plan.phases[2].faults = {stall, Fault{DropAcknowledgementsFault{0.01}}};
    EXPECT_THAT(
        format(plan, sums),
        HasSubstr("steady   20s          fault: the hub stalls, after 2s, for 1s; fault: 1% "
                  "of acknowledgements dropped\n"));
}

}  // namespace
}  // namespace twinstorm::plan
