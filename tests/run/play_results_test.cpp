#include "run/play_results.h"

#include <gtest/gtest.h>

namespace twinstorm::run {
namespace {

using State = device::PlayedMessage::State;
using Ignored = std::map<std::string, std::uint64_t>;

plan::Play play(std::string_view name, std::uint32_t times = 1) {
    plan::Play result;
    result.playbook = host::find_playbook(name).value();
    result.times = times;
    return result;
}

plan::Plan plan_of(std::vector<plan::Play> plays) {
    plan::Plan plan;
    plan.groups.resize(1);
    plan.groups[0].name = "gateways";
    plan.groups[0].roles[0].persona = agent::make_persona(agent::Family::kMicroLinux);
    plan.phases.resize(1);
    plan.phases[0].name = "outbreak";
    plan.phases[0].plays = std::move(plays);
    return plan;
}

iothub::IdentityName agent_of(int device) {
    return {"gw-" + std::to_string(device), "agent"};
}

PlayedIdentity identity(int device, host::PlaySet played,
                        std::vector<device::PlayedMessage> messages) {
    return {agent_of(device), {0, 0}, played, played, std::move(messages), 0};
}

stats::PlaybookResult only_row(const plan::Plan& plan, const std::vector<PlayedIdentity>& played,
                               const WatchedIdentities* watched) {
    const auto rows = playbook_results(plan, played, watched);
    EXPECT_EQ(rows.size(), 1U);
    return rows.empty() ? stats::PlaybookResult() : rows[0];
}

TEST(PlayResults, EverythingArrivedAndWasAccepted) {
    const plan::Plan plan = plan_of({play("reverse-shell")});
    const std::vector<PlayedIdentity> played{
        identity(2, 1, {{4, 1, 3, State::kAcked}, {7, 1, 1, State::kAcked}}),
        identity(1, 1, {{9, 1, 2, State::kAcked}})};
    const WatchedIdentities watched{
        {agent_of(1), {{{9, {"accepted", 1}}, {10, {"wrong-type", 1}}}, 0}},
        {agent_of(2), {{{4, {"accepted", 2}}, {7, {"accepted", 1}}}, 0}}};
    const stats::PlaybookResult row = only_row(plan, played, &watched);
    EXPECT_EQ(row.playbook, "reverse-shell");
    EXPECT_EQ(row.alert_type, "IoT_ReverseShell");
    EXPECT_EQ(row.phase, "outbreak");
    EXPECT_EQ(row.group, "gateways");
    EXPECT_EQ(row.persona, "micro-linux");
    EXPECT_EQ(row.devices, 2U);
    EXPECT_EQ(row.played, 2U);
    EXPECT_EQ(row.devices_silent, 0U);
    EXPECT_EQ(row.events, 6U);
    EXPECT_EQ(row.messages, 3U);
    EXPECT_EQ(row.acked, 3U);
    EXPECT_EQ(row.arrived, 3U);
    EXPECT_EQ(row.accepted, 3U);
    EXPECT_EQ(row.ignored, Ignored());
    EXPECT_EQ(row.confirmed(), stats::Confirmation::kAll);
    EXPECT_EQ(row.examples, (std::vector<std::string>{"gw-1", "gw-2"}));
}

TEST(PlayResults, WhatIsIgnoredIsNotConfirmed) {
    const plan::Plan plan = plan_of({play("usb-connection")});
    const std::vector<PlayedIdentity> played{identity(1, 1, {{1, 1, 1, State::kAcked}}),
                                             identity(2, 1, {{1, 1, 1, State::kAcked}})};
    const WatchedIdentities watched{{agent_of(1), {{{1, {"unknown-event", 1}}}, 0}},
                                    {agent_of(2), {{{1, {"accepted", 1}}}, 0}}};
    const stats::PlaybookResult row = only_row(plan, played, &watched);
    EXPECT_EQ(row.arrived, 2U);
    EXPECT_EQ(row.accepted, 1U);
    EXPECT_EQ(row.ignored, (Ignored{{"unknown-event", 1}}));
    EXPECT_EQ(row.devices_confirmed, 1U);
    EXPECT_EQ(row.confirmed(), stats::Confirmation::kSome);
}

TEST(PlayResults, WhatNeverArrivedIsNotConfirmed) {
    const plan::Plan plan = plan_of({play("ransomware")});
    const std::vector<PlayedIdentity> played{
        identity(1, 1, {{1, 1, 1, State::kAcked}, {2, 1, 1, State::kOpen}}),
        identity(2, 1, {{1, 1, 1, State::kFailed}})};
    const WatchedIdentities watched{{agent_of(1), {{{1, {"accepted", 1}}}, 0}}, {agent_of(2), {}}};
    const stats::PlaybookResult row = only_row(plan, played, &watched);
    EXPECT_EQ(row.messages, 3U);
    EXPECT_EQ(row.acked, 1U);
    EXPECT_EQ(row.arrived, 1U);
    EXPECT_EQ(row.devices_confirmed, 0U);
    EXPECT_EQ(row.confirmed(), stats::Confirmation::kNone);
}

TEST(PlayResults, WhatWasNotSentYetIsSaid) {
    const plan::Plan plan = plan_of({play("ransomware", 2)});
    const WatchedIdentities watched{{agent_of(1), {{{1, {"accepted", 1}}}, 0}}, {agent_of(2), {}}};
    const stats::PlaybookResult none =
        only_row(plan, {identity(1, 0b11, {}), identity(2, 0b11, {})}, &watched);
    EXPECT_EQ(none.devices_silent, 2U);
    EXPECT_EQ(none.confirmed(), stats::Confirmation::kNotSent);
    // The first time has left, the second has not.
    const stats::PlaybookResult half =
        only_row(plan, {identity(1, 0b11, {{1, 0b01, 1, State::kAcked}})}, &watched);
    EXPECT_EQ(half.played, 2U);
    EXPECT_EQ(half.devices_silent, 1U);
    EXPECT_EQ(half.devices_confirmed, 0U);
    const stats::PlaybookResult both =
        only_row(plan, {identity(1, 0b11, {{1, 0b11, 1, State::kAcked}})}, &watched);
    EXPECT_EQ(both.confirmed(), stats::Confirmation::kAll);
}

TEST(PlayResults, WhatDidNotComeToPassIsNotConfirmed) {
    const plan::Plan plan = plan_of({play("ransomware")});
    const WatchedIdentities watched{{agent_of(1), {}}};
    PlayedIdentity early = identity(1, 0, {});
    early.chosen = 1;
    const stats::PlaybookResult row = only_row(plan, {early}, &watched);
    EXPECT_EQ(row.devices, 1U);
    EXPECT_EQ(row.played, 0U);
    EXPECT_EQ(row.devices_confirmed, 0U);
}

TEST(PlayResults, NobodyTellsOfARealHub) {
    const plan::Plan plan = plan_of({play("ransomware")});
    const stats::PlaybookResult row =
        only_row(plan, {identity(1, 1, {{1, 1, 1, State::kAcked}})}, nullptr);
    EXPECT_EQ(row.acked, 1U);
    EXPECT_EQ(row.arrived, std::nullopt);
    EXPECT_EQ(row.confirmed(), stats::Confirmation::kUnknown);
}

TEST(PlayResults, WhatTheHubForgotOrWasNotAskedIsUnknown) {
    const plan::Plan plan = plan_of({play("ransomware")});
    const std::vector<PlayedIdentity> played{identity(1, 1, {{1, 1, 1, State::kAcked}})};
    const WatchedIdentities forgotten{{agent_of(1), {{{900, {"accepted", 1}}}, 12}}};
    EXPECT_EQ(only_row(plan, played, &forgotten).confirmed(), stats::Confirmation::kUnknown);
    const WatchedIdentities others{{agent_of(2), {}}};
    EXPECT_EQ(only_row(plan, played, &others).confirmed(), stats::Confirmation::kUnknown);
    const WatchedIdentities known{{agent_of(1), {{{1, {"accepted", 1}}}, 0}}};
    EXPECT_EQ(only_row(plan, played, &known).confirmed(), stats::Confirmation::kAll);
    std::vector<PlayedIdentity> too_many = played;
    too_many[0].messages_left_out = 1;
    EXPECT_EQ(only_row(plan, too_many, &known).confirmed(), stats::Confirmation::kUnknown);
}

TEST(PlayResults, WhatNobodyPlayedHasARowAsWell) {
    const plan::Plan plan = plan_of({play("ransomware"), play("permissive-firewall-policy")});
    const auto rows = playbook_results(plan, {identity(1, 1, {})}, nullptr);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].playbook, "permissive-firewall-policy");
    EXPECT_EQ(rows[1].phase, "outbreak");
    EXPECT_EQ(rows[1].group, "");
    EXPECT_EQ(rows[1].confirmed(), stats::Confirmation::kNowhere);
}

// Two playbooks at a time: each is confirmed by its own messages.
TEST(PlayResults, EachEntryHasARowOfItsOwn) {
    const plan::Plan plan = plan_of({play("ransomware"), play("web-shell")});
    const std::vector<PlayedIdentity> played{
        identity(1, 0b11, {{1, 0b01, 1, State::kAcked}, {2, 0b10, 1, State::kAcked}})};
    const WatchedIdentities watched{{agent_of(1), {{{2, {"accepted", 1}}}, 0}}};
    const auto rows = playbook_results(plan, played, &watched);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].playbook, "ransomware");
    EXPECT_EQ(rows[0].confirmed(), stats::Confirmation::kNone);
    EXPECT_EQ(rows[1].playbook, "web-shell");
    EXPECT_EQ(rows[1].confirmed(), stats::Confirmation::kAll);
}

}  // namespace
}  // namespace twinstorm::run
