#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "scenario/support.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;

// The playbooks stand in line 6, from column 39.
std::string with_plays(const std::string& plays) {
    return with_phases(
        {"{name: c, connect: {rate: 10/s}}", "{name: s, duration: 60s, playbooks: " + plays + "}"});
}

plan::Play read_one(const std::string& play) {
    const auto plan = parse_scenario(with_plays("[" + play + "]"), "s", {});
    EXPECT_TRUE(plan.has_value()) << mistakes(with_plays("[" + play + "]")).front();
    return plan ? plan->phases.at(1).plays.at(0) : plan::Play();
}

TEST(PlayReader, ReadsEveryKey) {
    const plan::Play play = read_one(
        "{play: reverse-shell, devices: {prefix: gw-, share: 5%}, start: 10s, "
        "spread: 30s, times: 2, persona: micro-linux}");
    EXPECT_EQ(host::playbooks()[play.playbook].name, "reverse-shell");
    EXPECT_EQ(play.device_prefix, "gw-");
    EXPECT_DOUBLE_EQ(play.device_share, 0.05);
    EXPECT_EQ(play.start, 10s);
    EXPECT_EQ(play.spread, 30s);
    EXPECT_EQ(play.times, 2U);
    EXPECT_EQ(play.persona, "micro-linux");
}

TEST(PlayReader, TheNameIsEnough) {
    const plan::Play play = read_one("{play: crypto-miner}");
    EXPECT_EQ(play.device_prefix, "");
    EXPECT_DOUBLE_EQ(play.device_share, 1);
    EXPECT_EQ(play.start, 0s);
    EXPECT_EQ(play.spread, 0s);
    EXPECT_EQ(play.times, 1U);
    EXPECT_EQ(play.persona, "");
}

TEST(PlayReader, EveryPlaybookCanBePlayed) {
    for (const host::PlaybookFacts& facts : host::playbooks()) {
        const plan::Play play = read_one("{play: " + std::string(facts.name) + "}");
        EXPECT_EQ(host::playbooks()[play.playbook].name, facts.name);
    }
}

TEST(PlayReader, NamesTheNearestPlaybook) {
    EXPECT_EQ(mistakes(with_plays("[{play: reverse-shel}]")),
              (Lines{"s:6:47: unknown playbook `reverse-shel`; the nearest known one is "
                     "`reverse-shell`"}));
}

TEST(PlayReader, SaysWhatIsWrong) {
    EXPECT_EQ(mistakes(with_plays("[{}]")), (Lines{"s:6:40: key `play` is missing"}));
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, time: 2}]")),
              (Lines{"s:6:59: unknown key `time`; did you mean `times`?"}));
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, times: 2}]")),
              (Lines{"s:6:66: `2` times at one instant; expected a `spread` beside it, such as "
                     "`spread: 30s`"}));
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, times: 0}]")),
              (Lines{"s:6:66: `0` is out of place; expected a whole number from 1 to 64"}));
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, devices: {share: 0%}}]")),
              (Lines{"s:6:76: `0%` is out of range; expected more than 0%"}));
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, devices: {prefix: ''}}]")),
              (Lines{"s:6:77: `` is out of range; expected 1 to 128 bytes"}));
    EXPECT_EQ(mistakes(with_plays("[]")), (Lines{"s:6:39: 0 playbooks; expected 1 to 64"}));
    EXPECT_EQ(mistakes(with_plays("[{play: [a]}]")), (Lines{"s:6:47: a list where text belongs"}));
}

TEST(PlayReader, MustEndWithItsPhase) {
    const std::string beyond =
        "`start` and `spread` go beyond the end of the phase, which lasts 60s";
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, start: 61s}]")),
              (Lines{"s:6:66: " + beyond}));
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, start: 40s, spread: 30s}]")),
              (Lines{"s:6:79: " + beyond}));
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, start: 30s, spread: 30s}]")), Lines());
}

TEST(PlayReader, IsNotPartOfConnecting) {
    EXPECT_EQ(mistakes(with_phases({"{name: c, connect: {rate: 10/s}, playbooks: [{play: "
                                    "ransomware}]}"})),
              (Lines{"s:5:47: playbooks while connecting; expected them in a later phase"}));
}

TEST(PlayReader, ThePersonaIsThereAndSeesIt) {
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, persona: micro-linus}]")),
              (Lines{"s:6:68: persona `micro-linus` is not in the fleet; did you mean "
                     "`micro-linux`?"}));
    EXPECT_EQ(mistakes(with_plays("[{play: permissive-firewall-policy, persona: micro-linux}]")),
              (Lines{"s:6:84: agents of `micro-linux` see nothing of `permissive-firewall-policy`, "
                     "or have no form for it in their encoding; expected a persona that does"}));
}

TEST(PlayReader, ADeviceCanTellSoManyApart) {
    EXPECT_EQ(mistakes(with_plays("[{play: ransomware, times: 60, spread: 5s}, "
                                  "{play: ransomware, times: 4, spread: 5s}]")),
              Lines());
    const Lines found =
        mistakes(with_plays("[{play: ransomware, times: 60, spread: 5s}, "
                            "{play: ransomware, times: 5, spread: 5s}, "
                            "{play: ransomware}]"));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0],
              "s:6:83: with this one, playbooks are played 65 times on a device; expected at most "
              "64 in a scenario");
}

// The row of the format reference that tells a playbook.
std::string row_of(const host::PlaybookFacts& facts) {
    constexpr std::array<std::string_view, host::kStreamCount> kStreams{
        "processes", "flows", "logins", "files", "peripherals", "logs"};
    constexpr std::array<std::string_view, 3> kEvidence{"shown", "described", "inferred"};
    std::string events;
    for (std::size_t i = 0; i < kStreams.size(); ++i) {
        if (facts.streams.has(static_cast<host::Stream>(i))) {
            events += (events.empty() ? "" : ", ") + std::string(kStreams.at(i));
        }
    }
    constexpr std::array<std::string_view, 4> kSnapshots{"baseline", "ports", "firewall", "users"};
    if (facts.snapshot) {
        events += (events.empty() ? "" : ", ") +
                  std::string(kSnapshots.at(static_cast<std::size_t>(*facts.snapshot)));
    }
    const std::string alert = facts.alert_type.empty() ? std::string(facts.title)
                                                       : "`" + std::string(facts.alert_type) + "`";
    return "| `" + std::string(facts.name) + "` | " + alert + " | " +
           (facts.recommendation ? "recommendation, " : "") + std::string(facts.severity) + " | " +
           std::string(kEvidence.at(static_cast<std::size_t>(facts.evidence))) + " | " + events +
           " |\n";
}

TEST(PlayReader, TheReferenceListsEveryPlaybook) {
    std::ifstream file(std::string(TWINSTORM_SOURCE_DIR) + "/scenarios/README.md");
    std::ostringstream text;
    text << file.rdbuf();
    std::string missing;
    for (const host::PlaybookFacts& facts : host::playbooks()) {
        if (text.str().find(row_of(facts)) == std::string::npos) {
            missing += row_of(facts);
        }
    }
    EXPECT_EQ(missing, "");
}

}  // namespace
}  // namespace twinstorm::scenario
