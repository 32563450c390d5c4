// Threats played in a whole run of the virtual world, and what its hub says of them.

#include <functional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "twinstorm/run/run.h"
#include "twinstorm/run/virtual_world.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using stats::Confirmation;

plan::Play play(std::string_view name, Duration start = 1s, Duration spread = 5s) {
    plan::Play result;
    result.playbook = host::find_playbook(name).value();
    result.start = start;
    result.spread = spread;
    return result;
}

class VirtualPlays : public ::testing::Test {
protected:
    void SetUp() override {
        plan_.name = "outbreak";
        plan_.seed = 7;
        plan_.hub = plan::MockHub{iothub::Tier::kS3, 1};
        plan::Group& group = plan_.groups.emplace_back();
        group.name = "gateways";
        group.devices = 40;
        group.id_pattern = "gw-{index:05}";
        group.security_messages = plan::OpenLoad{0.5, load::ArrivalKind::kPoisson};
        plan::Phase& connect = plan_.phases.emplace_back();
        connect.name = "connect";
        connect.connect_rate = 100;
        plan::Phase& outbreak = plan_.phases.emplace_back();
        outbreak.name = "outbreak";
        outbreak.duration = 60s;
    }
    plan::Phase& outbreak() { return plan_.phases[1]; }
    agent::Persona& persona() { return plan_.groups[0].roles[0].persona; }
    void use_schedule() { plan_.groups[0].security_messages = plan::PersonaSchedule{}; }

    stats::RunResult executed(const std::function<void(Target&)>& change = nullptr) {
        VirtualWorld world(plan_.seed, std::get<plan::MockHub>(plan_.hub));
        Target target = world.target();
        if (change) {
            change(target);
        }
        run::Run run(plan_, target, world,
                     {[](const stats::TimelineRow&) {}, [](std::string_view) {}});
        Outcome outcome = run.execute();
        EXPECT_FALSE(outcome.failure) << outcome.failure->message();
        return std::move(outcome.result);
    }
    stats::PlaybookResult run_one() {
        const stats::RunResult result = executed();
        EXPECT_EQ(result.playbooks.size(), 1U);
        return result.playbooks.empty() ? stats::PlaybookResult() : result.playbooks[0];
    }

    plan::Plan plan_;
};

TEST_F(VirtualPlays, TheHubConfirmsWhatWasPlayed) {
    outbreak().plays = {play("reverse-shell")};
    const stats::PlaybookResult row = run_one();
    EXPECT_EQ(row.playbook, "reverse-shell");
    EXPECT_EQ(row.alert_type, "IoT_ReverseShell");
    EXPECT_EQ(row.phase, "outbreak");
    EXPECT_EQ(row.group, "gateways");
    EXPECT_EQ(row.persona, "micro-linux");
    EXPECT_EQ(row.devices, 40U);
    EXPECT_EQ(row.played, 40U);
    EXPECT_EQ(row.devices_silent, 0U);
    EXPECT_GE(row.events, 80U);  // Two shells, each with its connection.
    EXPECT_GE(row.messages, 40U);
    EXPECT_EQ(row.acked, row.messages);
    EXPECT_EQ(row.arrived, row.messages);
    EXPECT_EQ(row.accepted, row.messages);
    EXPECT_EQ(row.confirmed(), Confirmation::kAll);
}

TEST_F(VirtualPlays, AShareOfTheFleetIsTheSameEachTime) {
    outbreak().plays = {play("ransomware"), play("crypto-miner", 10s, 20s)};
    outbreak().plays[0].device_share = 0.25;
    outbreak().plays[1].device_share = 0.25;
    const stats::RunResult first = executed();
    ASSERT_EQ(first.playbooks.size(), 2U);
    EXPECT_GT(first.playbooks[0].devices, 3U);
    EXPECT_LT(first.playbooks[0].devices, 20U);
    EXPECT_EQ(first.playbooks[0].examples, first.playbooks[1].examples);
    EXPECT_EQ(first.playbooks[0].confirmed(), Confirmation::kAll);
    EXPECT_EQ(first.playbooks[1].confirmed(), Confirmation::kAll);
    EXPECT_EQ(stats::write_json(executed()), stats::write_json(first));
}

TEST_F(VirtualPlays, EachTimeIsTold) {
    outbreak().plays = {play("web-shell", 0s, 50s)};
    outbreak().plays[0].times = 4;
    outbreak().plays[0].device_prefix = "gw-0000";
    const stats::PlaybookResult row = run_one();
    EXPECT_EQ(row.devices, 10U);
    EXPECT_EQ(row.played, 40U);
    EXPECT_EQ(row.devices_silent, 0U);
    EXPECT_EQ(row.confirmed(), Confirmation::kAll);
}

// An agent sends soon after its start, then when its interval is over: the run ends before.
TEST_F(VirtualPlays, WhatTheScheduleDidNotSendIsNotSentYet) {
    use_schedule();
    outbreak().duration = 10min;
    outbreak().plays = {play("ransomware", 2min)};
    const stats::PlaybookResult row = run_one();
    EXPECT_EQ(row.played, 40U);
    EXPECT_EQ(row.messages, 0U);
    EXPECT_EQ(row.devices_silent, 40U);
    EXPECT_EQ(row.confirmed(), Confirmation::kNotSent);
}

TEST_F(VirtualPlays, ByItsOwnScheduleAnAgentSendsItInTheEnd) {
    use_schedule();
    outbreak().duration = 5h;
    outbreak().plays = {play("reverse-shell", 10min, 2h)};
    EXPECT_EQ(run_one().confirmed(), Confirmation::kAll);
}

// The service has no place for these events: it acknowledges the message, and ignores it.
TEST_F(VirtualPlays, WhatTheServiceIgnoresIsNotConfirmed) {
    use_schedule();
    persona().options.encoding = agent::Encoding::kJsonExtended;
    outbreak().duration = 25h;
    outbreak().plays = {play("usb-connection")};
    const stats::PlaybookResult row = run_one();
    EXPECT_GE(row.messages, 40U);
    EXPECT_EQ(row.acked, row.messages);
    EXPECT_EQ(row.arrived, row.messages);
    EXPECT_EQ(row.accepted, 0U);
    ASSERT_TRUE(row.ignored.contains("unknown-event"));
    EXPECT_EQ(row.ignored.at("unknown-event"), row.messages);
    EXPECT_EQ(row.confirmed(), Confirmation::kNone);
}

// Its trace shows from then on, in each snapshot that is sent.
TEST_F(VirtualPlays, ALegacyAgentShowsItInItsSnapshots) {
    use_schedule();
    persona() = agent::make_persona(agent::Family::kLegacyC);
    std::get<plan::MockHub>(plan_.hub).verdicts = plan::Verdicts::kAsShipped;
    outbreak().duration = 20h;
    outbreak().plays = {play("open-ports"), play("successful-brute-force", 2h, 1h)};
    const stats::RunResult result = executed();
    ASSERT_EQ(result.playbooks.size(), 2U);
    EXPECT_EQ(result.playbooks[0].alert_type, "");
    EXPECT_EQ(result.playbooks[0].confirmed(), Confirmation::kAll);
    EXPECT_EQ(result.playbooks[1].confirmed(), Confirmation::kAll);
}

TEST_F(VirtualPlays, WithoutAnAdminEndpointNobodyTells) {
    outbreak().plays = {play("reverse-shell")};
    const stats::RunResult result = executed([](Target& target) { target.admin.reset(); });
    ASSERT_EQ(result.playbooks.size(), 1U);
    const stats::PlaybookResult& row = result.playbooks[0];
    EXPECT_EQ(row.played, 40U);
    EXPECT_EQ(row.acked, row.messages);
    EXPECT_EQ(row.arrived, std::nullopt);
    EXPECT_EQ(row.confirmed(), Confirmation::kUnknown);
}

TEST_F(VirtualPlays, WhatNobodySeesIsPlayedNowhere) {
    outbreak().plays = {play("permissive-firewall-policy")};
    const stats::RunResult result = executed();
    ASSERT_EQ(result.playbooks.size(), 1U);
    EXPECT_EQ(result.playbooks[0].confirmed(), Confirmation::kNowhere);
    EXPECT_THAT(result.validity.warnings,
                testing::Contains(testing::HasSubstr("was played nowhere in phase outbreak")));
}

TEST_F(VirtualPlays, AnUntilPhaseThatEndsEarlyPlaysNoMore) {
    outbreak().duration.reset();
    outbreak().converged_share = 1;
    outbreak().at_most = 60s;
    plan::TwinUpdates updates{plan::EveryDevice{}, {}, {}};
    updates.patches.push_back(boost::json::object({{"Heartbeat_MessageFrequency", "High"}}));
    outbreak().twin_updates = updates;
    outbreak().plays = {play("ransomware", 50s)};
    const stats::PlaybookResult row = run_one();
    EXPECT_EQ(row.devices, 40U);
    EXPECT_EQ(row.played, 0U);
    EXPECT_EQ(row.confirmed(), Confirmation::kNotSent);
}

}  // namespace
}  // namespace twinstorm::run
