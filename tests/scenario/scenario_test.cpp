#include "twinstorm/scenario/scenario.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "scenario/support.h"
#include "twinstorm/plan/estimate.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::filesystem::path kFolder = std::filesystem::path(TWINSTORM_SOURCE_DIR) / "scenarios";

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

plan::Plan plan_of(const std::string& yaml, const Overrides& overrides = {}) {
    const auto plan = parse_scenario(yaml, "s", overrides);
    EXPECT_TRUE(plan) << yaml << (plan ? "" : plan.error().at(0).format());
    return plan ? *plan : plan::Plan();
}

TEST(Scenario, ReadsTheQuickstart) {
    const std::filesystem::path path = kFolder / "quickstart.yaml";
    const auto plan = read_scenario(path.string(), {});
    ASSERT_TRUE(plan) << plan.error().at(0).format();
    EXPECT_EQ(plan->name, "quickstart");
    EXPECT_EQ(
        plan->question,
        "How fast does a twin update reach 1,000 agents while they stream security messages?");
    EXPECT_EQ(plan->seed, 1u);
    EXPECT_EQ(std::get<plan::MockHub>(plan->hub).tier, iothub::Tier::kS3);
    ASSERT_EQ(plan->groups.size(), 2u);
    EXPECT_EQ(plan->groups[0].device_id(999), "gw-00999");
    EXPECT_EQ(std::get<plan::OpenLoad>(plan->groups[0].security_messages).rate, 2);
    EXPECT_EQ(plan->groups[1].transport, plan::Transport::kPaho);
    EXPECT_EQ(plan->groups[1].device_id(0), "reference-00000");
    ASSERT_EQ(plan->phases.size(), 4u);
    EXPECT_EQ(plan->phases[0].connect_rate, 200);
    EXPECT_FALSE(plan->phases[1].measure);
    EXPECT_EQ(plan->phases[2].twin_updates->patches.size(), 2u);
    EXPECT_EQ(plan->phases[3].converged_share, 1);
    EXPECT_EQ(plan->phases[3].at_most, Duration(60s));
    EXPECT_EQ(plan->gates.size(), 4u);
    EXPECT_EQ(plan->source, text_of(path)) << "byte for byte";
    EXPECT_EQ(plan->plan_hash.size(), 16u);
}

TEST(Scenario, EveryOneInTheFolderIsRightAndAsksItsQuestionFirst) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
        if (entry.path().extension() != ".yaml") {
            continue;
        }
        ++count;
        const auto plan = read_scenario(entry.path().string(), {});
        ASSERT_TRUE(plan) << plan.error().at(0).format();
        EXPECT_EQ(plan->source.substr(0, plan->source.find('\n')), "# " + plan->question);
        EXPECT_EQ(plan->name, entry.path().stem());
        // Only where the question is what happens beyond a limit may a plan go beyond it.
        const bool beyond = plan->source.find("throttle.refused > 0") != std::string::npos;
        EXPECT_EQ(plan::estimate(*plan).notes.empty(), !beyond) << entry.path();
    }
    EXPECT_GE(count, 3);
}

TEST(Scenario, TenMistakesMakeTenLines) {
    const std::string yaml =
        "name: not a name\n"                                       // 1
        "quesiton: Why?\n"                                         // 2
        "seed: -1\n"                                               // 3
        "hub: {mock: {tier: S9}}\n"                                // 4
        "fleet:\n"                                                 // 5
        "  - {group: a, devices: 0}\n"                             // 6
        "  - {group: b, devices: 5, transport: asio-websocket}\n"  // 7
        "phases:\n"                                                // 8
        "  - {name: connect, connect: {rate: 200}}\n"              // 9
        "  - {name: steady, duration: 20}\n"                       // 10
        "  - {name: idle}\n"                                       // 11
        "gates:\n"                                                 // 12
        "  - conect.p99 < 1s\n";                                   // 13
    EXPECT_THAT(
        mistakes(yaml),
        ElementsAre(
            "s:1:7: `not a name` is not a name; expected 1 to 64 letters, digits, `-` or `_`",
            "s:2:1: unknown key `quesiton`; did you mean `question`?",
            "s:3:7: `-1` is out of place; expected a whole number from 0 to 18446744073709551615",
            "s:4:20: unknown tier `S9`; did you mean `S1`?",
            "s:6:25: `0` is out of place; expected a whole number from 1 to 1000000",
            "s:7:39: transport `asio-websocket` is not supported yet; expected one of `asio`, "
            "`paho`",
            "s:9:37: `200` is not a rate; expected a form such as `100/s`",
            "s:10:30: `20` is not a duration; expected a form such as `250ms`",
            "s:11:5: a phase needs exactly one of `connect`, `duration` and `until`",
            "s:13:5: unknown name `conect.p99`; the nearest known one is `connect.p99`"));
}

TEST(Scenario, ReportsWhatIsMissingAtTheTop) {
    EXPECT_THAT(mistakes(""),
                ElementsAre("s:1:1: key `name` is missing", "s:1:1: key `hub` is missing",
                            "s:1:1: key `fleet` is missing", "s:1:1: key `phases` is missing"));
    EXPECT_THAT(
        mistakes("- name: n\n"),
        ElementsAre("s:1:1: a list where a map belongs, with the keys `name`, `question`, "
                    "`seed`, `hub`, `fleet`, `phases`, `gates`, `report`, `clock`, `pacing`"));
    EXPECT_THAT(mistakes("name: n\n" + with_hub("{mock: {}}")),
                ElementsAre("s:2:1: key `name` is written twice; expected it once"));
    EXPECT_THAT(mistakes("name: [\n"), ElementsAre(HasSubstr("s:2:1: not well-formed YAML: ")));
}

TEST(Scenario, ReportsGatesAtTheirPlace) {
    const std::string yaml = with_hub("{mock: {}}");
    EXPECT_THAT(mistakes(yaml + "gates:\n- connect.p99 < 1\n- [a]\n- connect.p99 < 1s\n"),
                ElementsAre("s:6:3: `1` is not a duration; expected a form such as `250ms`",
                            "s:7:3: a list where text belongs"));
    EXPECT_THAT(mistakes(yaml + "gates: connect.p99 < 1s\n"),
                ElementsAre("s:5:8: `connect.p99 < 1s` where a list of gates belongs"));
    EXPECT_THAT(mistakes(yaml + "gates:\n"), IsEmpty());
}

TEST(Scenario, ReadsThePacing) {
    const std::string rest = with_hub("{mock: {}}");
    EXPECT_EQ(plan_of("pacing: {tick: 1ms}\n" + rest).tick, Duration(1ms));
    EXPECT_FALSE(plan_of(rest).tick);
    EXPECT_NE(plan_of("pacing: {tick: 1ms}\n" + rest).plan_hash, plan_of(rest).plan_hash);
    EXPECT_THAT(mistakes("pacing: {tick: 20ms}\n" + rest),
                ElementsAre("s:1:16: `20ms` is out of range; expected 100us to 10ms"));
    EXPECT_THAT(mistakes("pacing: {}\n" + rest), ElementsAre("s:1:9: key `tick` is missing"));
}

TEST(Scenario, ReservesReport) {
    const std::string yaml = with_hub("{mock: {}}");
    EXPECT_THAT(mistakes(yaml + "report: {}\n"), IsEmpty());
    EXPECT_THAT(mistakes(yaml + "report:\n"), IsEmpty());
    EXPECT_THAT(mistakes(yaml + "report: {sections: []}\n"),
                ElementsAre("s:5:10: unknown key `sections`; expected none"));
    EXPECT_THAT(mistakes(yaml + "report: page\n"),
                ElementsAre("s:5:9: `page` where a map belongs"));
}

TEST(Scenario, ShowsWhatWasRun) {
    const std::string yaml = "# A comment.\n" + with_hub("{mock: {}}");
    EXPECT_EQ(plan_of(yaml).source, yaml);
    const plan::Plan changed = plan_of(yaml, {{"fleet.g.devices=7"}, 9});
    EXPECT_THAT(changed.source, HasSubstr("devices: 7"));
    EXPECT_THAT(changed.source, HasSubstr("seed: 9"));
    const plan::Plan again = plan_of(changed.source);
    EXPECT_EQ(again.plan_hash, changed.plan_hash);
    EXPECT_NE(again.plan_hash, plan_of(yaml).plan_hash);
}

TEST(Scenario, HashesThePlanAndNotItsWording) {
    const std::string hash = plan_of(with_hub("{mock: {}}")).plan_hash;
    EXPECT_EQ(plan_of("# A comment.\n" + with_hub("{mock: {tier: S1, units: 1}}")).plan_hash, hash);
    EXPECT_EQ(plan_of("hub:\n  mock:\nseed: 1\nquestion: Why?\nfleet:\n- devices: 2\n  group: g\n"
                      "  keep_alive: 4m\nphases:\n- {connect: {rate: 600/m}, name: c}\n"
                      "- {name: s, duration: 1000ms, measure: true}\nname: 'n'\n")
                  .plan_hash,
              hash);
    EXPECT_NE(plan_of(with_hub("{mock: {units: 2}}")).plan_hash, hash);
    EXPECT_EQ(plan_of(with_hub("{mock: {}}"), {{}, 1}).plan_hash, hash);
    EXPECT_NE(plan_of(with_hub("{mock: {}}"), {{}, 2}).plan_hash, hash);
}

TEST(Scenario, SaysWhenAFileCannotBeRead) {
    const auto missing = read_scenario("no/such/file.yaml", {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().at(0).format(),
              "no/such/file.yaml: this file cannot be read; expected a scenario");
    EXPECT_FALSE(read_scenario(kFolder.string(), {})) << "a folder";
}

TEST(Scenario, LimitsTheFile) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                       ("twinstorm-scenario-test-" + std::to_string(::getpid()));
    std::ofstream(path) << std::string((1 << 20) + 5, '#');
    const auto plan = read_scenario(path.string(), {});
    std::filesystem::remove(path);
    ASSERT_FALSE(plan);
    EXPECT_THAT(plan.error().at(0).format(),
                HasSubstr(":1:1: 1048577 bytes long; expected at most 1048576"));
}

}  // namespace
}  // namespace twinstorm::scenario
