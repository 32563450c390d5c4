#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/support.h"

namespace twinstorm::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The phases after the connect phase stand in lines 7 and after, from column 3.
std::string scenario(const std::vector<std::string>& phases) {
    std::string yaml =
        "name: n\nhub: {mock: {}}\n"
        "fleet: [{group: g, devices: 2, persona: [legacy-c, {name: micro-linux, start: later}]}, "
        "{group: r, devices: 2, persona: micro-rtos}]\n"
        "clock: 2026-01-05T06:00:00Z\n"
        "phases:\n- {name: c, connect: {rate: 10/s}}\n";
    for (const std::string& phase : phases) {
        yaml += "- " + phase + "\n";
    }
    return yaml;
}

Lines mistakes_of(const std::vector<std::string>& phases) {
    return mistakes(scenario(phases));
}

TEST(PersonaCheck, LetsAMigrationPass) {
    const auto plan = parse_scenario(
        scenario({"{name: a, duration: 1m, start: {persona: micro-linux, rate: 5/s}}",
                  "{name: b, duration: 1m, stop: {persona: legacy-c, rate: 2/s, group: g}, "
                  "twin_updates: {rate: 1/s, persona: micro-linux, patch: {Process_Mode: 1}}}"}),
        "s", {});
    ASSERT_TRUE(plan) << plan.error().front().format();
    ASSERT_TRUE(plan->phases[1].start && plan->phases[2].stop);
    EXPECT_EQ(plan->phases[1].start->persona, "micro-linux");
    EXPECT_DOUBLE_EQ(plan->phases[1].start->rate, 5);
    EXPECT_EQ(plan->phases[1].start->group, "");
    EXPECT_EQ(plan->phases[2].stop->group, "g");
    EXPECT_EQ(plan->phases[2].twin_updates->personas, std::vector<std::string>{"micro-linux"});
    EXPECT_EQ(plan->clock, kVirtualEpoch + std::chrono::hours(4 * 24 + 6));
}

TEST(PersonaCheck, KnowsWhoRunsAlready) {
    EXPECT_THAT(
        mistakes_of({"{name: a, duration: 1m, start: {persona: legacy-c, rate: 5/s}}",
                     "{name: b, duration: 1m, stop: {persona: micro-linux, rate: 5/s}}"}),
        ElementsAre("s:7:44: `legacy-c` of group `g` runs already before this phase; expected "
                    "`start: later` beside its name, or a stop before",
                    "s:8:43: `micro-linux` of group `g` does not run before this phase; expected "
                    "a phase before that starts it"));
}

TEST(PersonaCheck, KnowsNamesOfPersonasAndGroups) {
    EXPECT_THAT(mistakes_of({"{name: a, duration: 1m, start: {persona: micro-linus, rate: 5/s}}"}),
                ElementsAre("s:7:44: no group has a persona `micro-linus`; did you mean "
                            "`micro-linux`?"));
    EXPECT_THAT(
        mistakes_of({"{name: a, duration: 1m, stop: {persona: legacy-c, rate: 5/s, group: h}}"}),
        ElementsAre(HasSubstr("unknown group `h`")));
    EXPECT_THAT(
        mistakes_of({"{name: a, duration: 1m, stop: {persona: legacy-c, rate: 5/s, group: r}}"}),
        ElementsAre("s:7:43: group `r` has no persona `legacy-c`"));
    EXPECT_THAT(mistakes_of({"{name: a, duration: 1m, stop: {persona: legacy-c}}"}),
                ElementsAre("s:7:33: key `rate` is missing"));
}

TEST(PersonaCheck, WantsATwinToPatch) {
    const auto updates = [](const std::string& persona) {
        return "{name: a, duration: 1m, twin_updates: {rate: 1/s, " + persona +
               "patch: {Process_Mode: 1}}}";
    };
    EXPECT_THAT(mistakes_of({updates("")}), IsEmpty()) << "the legacy agents' twins";
    EXPECT_THAT(mistakes_of({updates("persona: micro-linux, ")}),
                ElementsAre(HasSubstr("s:7:62: no agent that runs in this phase has such a twin")));
    EXPECT_THAT(mistakes_of({updates("persona: [micro-rtos], ")}),
                ElementsAre(HasSubstr("no agent that runs in this phase has such a twin")));
    EXPECT_THAT(mistakes_of({updates("persona: [legacy-c, legacy-d], ")}),
                ElementsAre(HasSubstr("no group has a persona `legacy-d`")));
}

TEST(PersonaCheck, ChecksThePatchOfMicroAgentsAlone) {
    const std::string nested =
        "patch: {'ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration': "
        "{snapshotFrequency: {value: [PT1H, PT2H]}}}";
    const auto plan = parse_scenario(
        scenario({"{name: a, duration: 1m, twin_updates: {rate: 1/s, " + nested + "}}"}), "s", {});
    ASSERT_TRUE(plan) << plan.error().front().format();
    const auto& patches = plan->phases[1].twin_updates->patches;
    ASSERT_EQ(patches.size(), 2u);
    EXPECT_EQ(patches[1]
                  .at("ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration")
                  .at("snapshotFrequency")
                  .at("value")
                  .as_string(),
              "PT2H");
    EXPECT_THAT(mistakes_of({"{name: a, duration: 1m, start: {persona: micro-linux, rate: 9/s}, "
                             "twin_updates: {rate: 1/s, persona: micro-linux, patch: {a: 1}}}"}),
                ElementsAre(HasSubstr("`a` is no setting of the micro agent")));
}

TEST(PersonaCheck, KeepsStartsOutOfTheConnectPhase) {
    EXPECT_THAT(mistakes("name: n\nhub: {mock: {}}\n"
                         "fleet: [{group: g, devices: 2, persona: [{name: none, start: later}]}]\n"
                         "phases: [{name: c, connect: {rate: 1/s}, start: {persona: none, rate: "
                         "1/s}}]\n"),
                ElementsAre("s:4:49: `start` while connecting; expected it in a later phase"));
}

TEST(Clock, IsAnInstantOfThisCentury) {
    const auto clock = [](const std::string& text) {
        return mistakes("name: n\nhub: {mock: {}}\n" + kFleet + kPhases + "clock: " + text + "\n");
    };
    EXPECT_THAT(clock("2026-02-28T23:59:59Z"), IsEmpty());
    for (const char* wrong :
         {"2026-02-29T00:00:00Z", "2026-01-05", "2026-01-05T24:00:00Z", "1999-01-05T00:00:00Z",
          "2026-01-05T06:00:00", "noon", "2026-01-05T06:60:00Z", "2026-1-05T06:00:000Z"}) {
        EXPECT_THAT(clock(wrong),
                    ElementsAre("s:5:8: `" + std::string(wrong) +
                                "` is no instant; expected one of this century in UTC, such as "
                                "`2026-01-05T06:00:00Z`"));
    }
}

}  // namespace
}  // namespace twinstorm::scenario
