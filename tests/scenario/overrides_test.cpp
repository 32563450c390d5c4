#include "scenario/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/support.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kYaml =
    "name: n\nhub: {mock: {tier: S3}}\n"
    "fleet: [{group: gateways, devices: 2}, {group: reference, devices: 1}]\n"
    "phases: [{name: connect, connect: {rate: 10/s}}, {name: steady, duration: 1s}]\n"
    "gates: [security_message.lost == 0]\n";

plan::Plan set(const std::vector<std::string>& overrides) {
    auto plan = parse_scenario(kYaml, "s", {overrides, {}});
    EXPECT_TRUE(plan) << (plan ? "" : plan.error().at(0).format());
    return plan ? *plan : plan::Plan();
}

Lines wrong(const std::string& override) {
    return mistakes(kYaml, {{override}, {}});
}

TEST(Overrides, GoByKeysIndexesAndNames) {
    const plan::Plan plan =
        set({"fleet.gateways.devices=20", "fleet.1.devices=30", "phases.steady.duration=5s",
             "phases.0.connect.rate=1/s", "gates.0=security_message.lost == 1", "name=other"});
    EXPECT_EQ(plan.groups[0].devices, 20u);
    EXPECT_EQ(plan.groups[1].devices, 30u);
    EXPECT_EQ(plan.phases[1].duration, Duration(5s));
    EXPECT_EQ(plan.phases[0].connect_rate, 1);
    EXPECT_EQ(plan.gates[0].expression, "security_message.lost == 1");
    EXPECT_EQ(plan.name, "other");
}

TEST(Overrides, MakeKeysThatAreNotThereYet) {
    const plan::Plan plan =
        set({"hub.mock.units=4", "fleet.gateways.security_messages.rate=2/s", "question=Why?",
             "phases.steady.twin_updates.patch.A_B=High", "phases.steady.twin_updates.rate=1/s"});
    EXPECT_EQ(std::get<plan::MockHub>(plan.hub).units, 4);
    EXPECT_EQ(std::get<plan::OpenLoad>(plan.groups[0].security_messages).rate, 2);
    EXPECT_EQ(plan.question, "Why?");
    EXPECT_EQ(plan.phases[1].twin_updates->patches.at(0).at("A_B"), "High");
}

TEST(Overrides, TakeAnyYaml) {
    const plan::Plan plan =
        set({"hub={real: {ready_file: hub.json}}", "gates=[]", "phases.steady.measure=false"});
    EXPECT_EQ(std::get<plan::RealHub>(plan.hub).ready_file, "hub.json");
    EXPECT_TRUE(plan.gates.empty());
    EXPECT_FALSE(plan.phases[1].measure);
}

TEST(Overrides, TheLastOneWins) {
    EXPECT_EQ(set({"seed=5", "seed=6"}).seed, 6u);
    const auto plan = parse_scenario(kYaml, "s", {{"seed=5"}, 7});
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->seed, 7u);
}

TEST(Overrides, ReportWrongPaths) {
    EXPECT_THAT(wrong("fleet.gatways.devices=1"),
                ElementsAre("--set: `fleet.gatways.devices`: no item `gatways` in `fleet`; did you "
                            "mean `gateways`?"));
    EXPECT_THAT(wrong("fleet.2.devices=1"),
                ElementsAre("--set: `fleet.2.devices`: no item `2` in `fleet`; expected an index "
                            "below 2"));
    EXPECT_THAT(wrong("gates.x=1"),
                ElementsAre("--set: `gates.x`: no item `x` in `gates`; expected an index below 1"));
    EXPECT_THAT(wrong("fleet.gateways.devcies=1"),
                ElementsAre("--set: `fleet.gateways.devcies`: unknown key `devcies`; did you mean "
                            "`devices`?"));
    EXPECT_THAT(wrong("phase.steady.duration=1s"),
                ElementsAre("--set: `phase.steady.duration`: unknown key `phase`; did you mean "
                            "`phases`?"));
    EXPECT_THAT(wrong("name.x=1"),
                ElementsAre("--set: `name.x`: nothing lies below `name`; expected no `.x`"));
    EXPECT_THAT(wrong("hub.mock.=1"), ElementsAre(HasSubstr("unknown key ``")));
    EXPECT_THAT(wrong("=1"), ElementsAre(HasSubstr("unknown key ``")));
}

TEST(Overrides, ReportWrongValues) {
    EXPECT_THAT(wrong("fleet.gateways.devices"),
                ElementsAre("--set: `fleet.gateways.devices`: no value; expected a form such as "
                            "`fleet.0.devices=10`"));
    EXPECT_THAT(wrong("fleet.gateways.devices=many"),
                ElementsAre("--set: `fleet.gateways.devices`: `many` is out of place; expected a "
                            "whole number from 1 to 1000000"));
    EXPECT_THAT(wrong("name={"), ElementsAre(HasSubstr("--set: `name`: not well-formed YAML: ")));
    EXPECT_THAT(wrong("name="), ElementsAre("--set: `name`: nothing where text belongs"));
}

TEST(Overrides, AreAllReportedAfterTheFilesMistakes) {
    EXPECT_THAT(mistakes(kYaml + "colour: red\n",
                         {{"seed=x", "fleet.gateways.devices=5", "fleet.reference.devices=0"}, {}}),
                ElementsAre(HasSubstr("s:6:1: unknown key `colour`"), HasSubstr("--set: `seed`: "),
                            HasSubstr("--set: `fleet.reference.devices`: ")));
}

}  // namespace
}  // namespace twinstorm::scenario
