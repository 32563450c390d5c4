#include "twinstorm/plan/play_sight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plans.h"
#include "twinstorm/plan/estimate.h"

namespace twinstorm::plan {
namespace {

using namespace std::chrono_literals;
using agent::Encoding;
using agent::Family;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const host::PlaybookFacts& facts(std::string_view name) {
    return host::playbooks()[host::find_playbook(name).value()];
}

agent::Persona persona(Family family, Encoding encoding = Encoding::kJson) {
    agent::Persona result;
    result.name = family == Family::kMicroLinux ? "micro-linux" : "other";
    result.family = family;
    result.options.encoding = encoding;
    return result;
}

TEST(PlaySight, AnAgentSeesWhatItsCollectorsWatch) {
    const agent::Persona micro = persona(Family::kMicroLinux);
    const agent::Persona legacy = persona(Family::kLegacyC);
    const agent::Persona rtos = persona(Family::kMicroRtos, Encoding::kFlatBuffers);
    EXPECT_TRUE(sees(micro, facts("reverse-shell")));
    EXPECT_TRUE(sees(legacy, facts("reverse-shell")));
    EXPECT_TRUE(sees(rtos, facts("reverse-shell")));  // Its connection.
    EXPECT_FALSE(sees(rtos, facts("clear-history-file")));
    EXPECT_TRUE(sees(legacy, facts("permissive-firewall-policy")));
    EXPECT_FALSE(sees(micro, facts("permissive-firewall-policy")));
    EXPECT_TRUE(sees(micro, facts("cis-benchmarks-diot-test")));
    EXPECT_FALSE(sees(persona(Family::kTemplate, Encoding::kTemplate), facts("reverse-shell")));
}

TEST(PlaySight, AnEncodingNeedsAFormForIt) {
    EXPECT_FALSE(sees(persona(Family::kMicroLinux), facts("usb-connection")));
    EXPECT_TRUE(
        sees(persona(Family::kMicroLinux, Encoding::kJsonExtended), facts("usb-connection")));
    EXPECT_FALSE(sees(persona(Family::kLegacyC, Encoding::kJsonExtended), facts("usb-connection")));
    EXPECT_TRUE(sees(persona(Family::kMicroLinux, Encoding::kFlatBuffers), facts("crypto-miner")));
}

// At least one of the bundled agents can raise each of them.
TEST(PlaySight, EveryPlaybookIsSeenBySomebody) {
    for (const host::PlaybookFacts& playbook : host::playbooks()) {
        EXPECT_TRUE(sees(persona(Family::kMicroLinux, Encoding::kJsonExtended), playbook) ||
                    sees(persona(Family::kLegacyC), playbook))
            << playbook.name;
    }
}

TEST(PlaySight, TheFastestOfItsEventsCounts) {
    EXPECT_EQ(send_interval(persona(Family::kMicroLinux), facts("reverse-shell")), 2h);
    EXPECT_EQ(send_interval(persona(Family::kMicroLinux, Encoding::kJsonExtended),
                            facts("usb-connection")),
              24h);
    EXPECT_EQ(send_interval(persona(Family::kLegacyC), facts("successful-brute-force")), 7min);
    EXPECT_EQ(send_interval(persona(Family::kLegacyC), facts("permissive-firewall-policy")), 13h);
}

Plan with_play(std::string_view name, SecurityLoad load = PersonaSchedule{}) {
    Plan plan = quickstart_plan();
    for (Group& group : plan.groups) {
        group.security_messages = load;
    }
    Play play;
    play.playbook = host::find_playbook(name).value();
    plan.phases.resize(3);
    plan.phases[2].twin_updates.reset();
    plan.phases[2].plays = {play};
    return plan;
}

TEST(PlayNotes, SayThatTheRunEndsBeforeItIsSent) {
    Plan plan = with_play("reverse-shell");
    EXPECT_EQ(play_notes(plan),
              std::vector<std::string>{
                  "Playbook `reverse-shell` in phase `steady`: micro-linux sends such events every "
                  "2h, and the run ends 20s after the first: perhaps they are not sent yet then."});
    EXPECT_EQ(play_notes(with_play("reverse-shell", OpenLoad{1, {}})), std::vector<std::string>());
    EXPECT_EQ(play_notes(with_play("reverse-shell", ClosedLoad{1})), std::vector<std::string>());
    Plan updated = plan;
    updated.phases[2].twin_updates = TwinUpdates{RateUpdates{}, {}, {}};
    EXPECT_THAT(play_notes(updated), IsEmpty());
    Plan day = plan;
    day.phases[2].duration = 24h;
    EXPECT_THAT(play_notes(day), IsEmpty());
    day.phases[2].plays[0].start = 23h;
    EXPECT_THAT(play_notes(day), Contains(HasSubstr("ends 1h after")));
}

TEST(PlayNotes, SayThatNobodySeesIt) {
    EXPECT_THAT(play_notes(with_play("permissive-firewall-policy", OpenLoad{1, {}})),
                Contains(HasSubstr("no agent that runs then sees its events")));
}

TEST(PlayNotes, SayThatNoFileIsWatched) {
    Plan plan = with_play("file-modified", OpenLoad{1, {}});
    plan.groups[0].roles[0].persona.options.encoding = Encoding::kJsonExtended;
    EXPECT_THAT(play_notes(plan), Contains(HasSubstr("no patch sets `FileSystem_Paths`")));
    TwinUpdates updates{EveryDevice{}, {}, {}};
    updates.patches.push_back(boost::json::object({{"FileSystem_Paths", "/etc"}}));
    plan.phases[1].twin_updates = updates;
    EXPECT_THAT(play_notes(plan), IsEmpty());
}

TEST(PlayNotes, SayThatPerhapsNoDeviceIsChosen) {
    Plan plan = with_play("reverse-shell", OpenLoad{1, {}});
    plan.phases[2].plays[0].device_prefix = "reference-";
    plan.phases[2].plays[0].device_share = 0.05;
    EXPECT_THAT(play_notes(plan), Contains(HasSubstr("5% of 10 devices are fewer than one")));
    plan.phases[2].plays[0].device_share = 0.5;
    EXPECT_THAT(play_notes(plan), IsEmpty());
    plan.phases[2].plays[0].device_prefix = "nobody";
    EXPECT_THAT(play_notes(plan), Contains(HasSubstr("50% of 0 devices")));
}

TEST(PlayNotes, ArePartOfTheEstimate) {
    EXPECT_THAT(estimate(with_play("reverse-shell")).notes,
                Contains(HasSubstr("not sent yet then")));
    EXPECT_THAT(estimate(quickstart_plan()).notes, Not(Contains(HasSubstr("Playbook"))));
    EXPECT_THAT(format(with_play("reverse-shell"), estimate(with_play("reverse-shell"))),
                HasSubstr("played: reverse-shell"));
}

}  // namespace
}  // namespace twinstorm::plan
