#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/support.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const std::string kConnect = "{name: c, connect: {rate: 60/m}}";

// After a connect phase in line 5: in line 6, from column 3.
plan::Phase phase_of(const std::string& phase) {
    const auto plan = parse_scenario(with_phases({kConnect, phase}), "s", {});
    EXPECT_TRUE(plan) << phase;
    return plan ? plan->phases.at(1) : plan::Phase();
}

Lines mistakes_of(const std::string& phase) {
    return mistakes(with_phases({kConnect, phase}));
}

TEST(PhaseReader, TakesAPhaseOfEachKind) {
    const auto plan = parse_scenario(
        with_phases({kConnect, "{name: a, duration: 1500ms, measure: false}",
                     "{name: b, duration: 1s, security_messages: false, twin_updates: {rate: 6/m, "
                     "arrivals: poisson, patch: {A_B: 1}}}",
                     "{name: d, twin_updates: {every: device, rate: 5/s, patch: {A_B: 1}}, until: "
                     "{converged: 99.5%, at_most: 1m}}",
                     "{name: e, duration: 1s, twin_updates: {every: device, patch: {A_B: 1}}}"}),
        "s", {});
    ASSERT_TRUE(plan);
    const auto& phases = plan->phases;
    EXPECT_EQ(phases[0].connect_rate, 1);
    EXPECT_FALSE(phases[0].duration);
    EXPECT_TRUE(phases[0].measure);
    EXPECT_EQ(phases[1].duration, Duration(1500ms));
    EXPECT_FALSE(phases[1].measure);
    EXPECT_TRUE(phases[1].security_messages);
    EXPECT_FALSE(phases[2].security_messages);
    const auto& rated = std::get<plan::RateUpdates>(phases[2].twin_updates->target);
    EXPECT_DOUBLE_EQ(rated.rate, 0.1);
    EXPECT_EQ(rated.arrivals, load::ArrivalKind::kPoisson);
    EXPECT_EQ(std::get<plan::EveryDevice>(phases[3].twin_updates->target).rate, 5);
    EXPECT_DOUBLE_EQ(phases[3].converged_share.value(), 0.995);
    EXPECT_EQ(phases[3].at_most, Duration(1min));
    EXPECT_FALSE(std::get<plan::EveryDevice>(phases[4].twin_updates->target).rate);
    EXPECT_EQ(std::get<plan::RateUpdates>(
                  phase_of("{name: x, duration: 1s, twin_updates: {rate: 1/s, patch: {A_B: 1}}}")
                      .twin_updates->target)
                  .arrivals,
              load::ArrivalKind::kConstant);
}

TEST(PhaseReader, WantsOneEndForEachPhase) {
    EXPECT_THAT(mistakes_of("{name: s}"),
                ElementsAre("s:6:3: a phase needs exactly one of `connect`, `duration` and "
                            "`until`"));
    EXPECT_THAT(
        mistakes_of(
            "{name: s, duration: 1s, twin_updates: {every: device, patch: {A_B: 1}}, until: "
            "{converged: 100%, at_most: 1s}}"),
        ElementsAre("s:6:3: a phase needs exactly one of `connect`, `duration` and `until`"));
    EXPECT_THAT(mistakes_of("{duration: 5}"),
                ElementsAre("s:6:3: key `name` is missing",
                            "s:6:14: `5` is not a duration; expected a form such as `250ms`"));
    EXPECT_THAT(mistakes_of("{name: s, duration: 0s}"),
                ElementsAre("s:6:23: `0s` is out of range; expected 1ms to 30d"));
    EXPECT_THAT(mistakes_of("{name: s, duration: 1s, mesure: false}"),
                ElementsAre("s:6:27: unknown key `mesure`; did you mean `measure`?"));
    EXPECT_THAT(mistakes_of("{name: s, duration: 1s, measure: no, security_messages: {}}"),
                ElementsAre("s:6:36: `no` is out of place; expected `true` or `false`",
                            "s:6:59: a map is out of place; expected `true` or `false`"));
}

TEST(PhaseReader, ConnectsFirst) {
    EXPECT_THAT(mistakes(with_phases({"{name: s, duration: 1s}"})),
                ElementsAre("s:5:1: no phase connects the fleet; expected a first one such as "
                            "`{name: connect, connect: {rate: 200/s}}`"));
    EXPECT_THAT(mistakes(with_phases({"{name: s, duration: 1s}", kConnect})),
                ElementsAre("s:6:22: a connect phase after another one; expected it to be the "
                            "first, and the only one"));
    EXPECT_THAT(mistakes_of("{name: again, connect: {rate: 1/s}}"),
                ElementsAre("s:6:26: a connect phase after another one; expected it to be the "
                            "first, and the only one"));
    EXPECT_THAT(mistakes(with_phases({"{name: c, connect: }"})),
                ElementsAre("s:5:13: key `rate` is missing"));
    EXPECT_THAT(mistakes(with_phases({"{name: c, connect: 5/s}"})),
                ElementsAre("s:5:22: `5/s` where a map belongs, with the keys `rate`"));
    EXPECT_THAT(mistakes(with_phases({"{name: c, connect: {rate: 5}, twin_updates: {rate: 1/s, "
                                      "patch: {A_B: 1}}}"})),
                ElementsAre("s:5:29: `5` is not a rate; expected a form such as `100/s`",
                            "s:5:47: twin updates while connecting; expected them in a later "
                            "phase"));
}

TEST(PhaseReader, WantsUniqueNames) {
    EXPECT_THAT(mistakes_of("{name: c, duration: 1s}"),
                ElementsAre("s:6:10: phase `c` is there twice; expected another name"));
}

TEST(PhaseReader, ChecksUntil) {
    EXPECT_THAT(mistakes_of("{name: s, until: {converged: 100%, at_most: 1s}}"),
                ElementsAre("s:6:20: `until` waits for a roll-out; expected `twin_updates` with "
                            "`every: device` in this phase"));
    EXPECT_THAT(
        mistakes_of("{name: s, twin_updates: {every: device, patch: {A_B: 1}}, until: {converged: "
                    "1.0}}"),
        ElementsAre("s:6:68: key `at_most` is missing",
                    "s:6:80: `1.0` is not a share; expected a form such as `99%`"));
    EXPECT_THAT(
        mistakes_of("{name: s, twin_updates: {every: device, patch: {A_B: 1}}, until: {convergd: "
                    "1%, at_most: 0s}}"),
        ElementsAre("s:6:68: key `converged` is missing",
                    "s:6:69: unknown key `convergd`; did you mean `converged`?",
                    "s:6:92: `0s` is out of range; expected 1ms to 30d"));
}

TEST(PhaseReader, ChecksTwinUpdates) {
    const auto of = [](const std::string& updates) {
        return mistakes_of("{name: s, duration: 1s, twin_updates: " + updates + "}");
    };
    EXPECT_THAT(of("{patch: {A_B: 1}}"),
                ElementsAre("s:6:41: twin updates need `rate` or `every: device`"));
    EXPECT_THAT(of("{rate: 1/s}"), ElementsAre("s:6:41: key `patch` is missing"));
    EXPECT_THAT(of("{every: group, patch: {A_B: 1}}"),
                ElementsAre("s:6:49: unknown every `group`; expected `device`"));
    EXPECT_THAT(of("{every: device, arrivals: poisson, patch: {A_B: 1}}"),
                ElementsAre("s:6:67: `arrivals` says nothing beside `every`; expected it left "
                            "out"));
    EXPECT_THAT(of("{rate: 1/s, arrivals: burst, patch: {A_B: 1}}"),
                ElementsAre("s:6:63: unknown arrivals `burst`; expected one of `constant`, "
                            "`poisson`"));
    EXPECT_THAT(of("[]"), ElementsAre("s:6:41: a list where a map belongs, with the keys `rate`, "
                                      "`arrivals`, `every`, `persona`, `patch`"));
}

TEST(PhaseReader, WantsPhases) {
    EXPECT_THAT(mistakes("name: n\nhub: {mock: {}}\nphases: []\n" + kFleet),
                ElementsAre("s:3:9: 0 phases; expected 1 to 100"));
    std::vector<std::string> many{kConnect};
    for (int i = 0; i < 100; ++i) {
        many.push_back("{name: p" + std::to_string(i) + ", duration: 1s}");
    }
    EXPECT_THAT(mistakes(with_phases(many)), ElementsAre("s:5:1: 101 phases; expected 1 to 100"));
    many.pop_back();
    EXPECT_TRUE(mistakes(with_phases(many)).empty());
}

}  // namespace
}  // namespace twinstorm::scenario
