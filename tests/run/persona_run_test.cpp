// Fleets of several personas in the virtual world: who connects, who sends, who is left out.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/fleet_plan.h"
#include "twinstorm/run/run.h"
#include "twinstorm/run/virtual_world.h"
#include "twinstorm/scenario/scenario.h"

namespace twinstorm::run {
namespace {

using namespace std::chrono_literals;
using stats::Counter;
using stats::Metric;
using testing::HasSubstr;

plan::Plan plan_of(const std::string& fleet, const std::string& phases) {
    const auto plan = scenario::parse_scenario(
        "name: n\nseed: 5\nhub: {mock: {tier: S3}}\nclock: 2026-03-04T05:06:07Z\nfleet:\n" + fleet +
            "phases:\n- {name: connect, connect: {rate: 100/s}}\n" + phases,
        "s", {});
    if (!plan) {
        for (const scenario::Mistake& mistake : plan.error()) {
            ADD_FAILURE() << mistake.format();
        }
        return {};
    }
    return *plan;
}

stats::RunResult run(const plan::Plan& plan) {
    VirtualWorld world(plan.seed, std::get<plan::MockHub>(plan.hub),
                       plan.clock.value_or(kVirtualEpoch));
    const Target target = world.target();
    Run run(plan, target, world, {[](const stats::TimelineRow&) {}, [](std::string_view) {}});
    Outcome outcome = run.execute();
    EXPECT_FALSE(outcome.failure) << outcome.failure->message();
    EXPECT_TRUE(outcome.result.messages.balanced());
    EXPECT_TRUE(outcome.result.telemetry.balanced());
    EXPECT_TRUE(outcome.result.twins.balanced());
    EXPECT_EQ(outcome.result.messages.lost, 0u);
    EXPECT_EQ(outcome.result.telemetry.lost, 0u);
    return std::move(outcome.result);
}

const std::string kMixed =
    "- {group: g, devices: 20, persona: [{name: legacy-cs, encoding: json-1.0-as-shipped}, "
    "micro-linux, none]}\n"
    "- {group: r, devices: 10, persona: micro-rtos}\n";

TEST(PersonaRun, GivesEachPersonaAConnectionAndACountOfItsOwn) {
    const stats::RunResult result = run(plan_of(kMixed, "- {name: work, duration: 20m}\n"));
    EXPECT_EQ(result.started_at, "2026-03-04T05:06:07Z");
    EXPECT_EQ(result.totals.counts[Counter::kConnectionOpened], 70u);
    EXPECT_EQ(result.totals[Metric::kTwinGet].count() + 0, 60u) << "an RTOS has no twin";
    EXPECT_EQ(result.timeline.back().connected, 70u);
    ASSERT_EQ(result.groups.size(), 2u);
    ASSERT_EQ(result.groups[0].personas.size(), 3u);
    const auto& personas = result.groups[0].personas;
    EXPECT_EQ(personas[0].name, "legacy-cs");
    EXPECT_EQ(personas[2].name, "none");
    for (const stats::PersonaResult& persona : personas) {
        EXPECT_EQ(persona.identities, (stats::IdentityCounts{20, 0, 0, 0}));
        EXPECT_EQ(persona.recording.counts[Counter::kConnectionOpened], 20u);
    }
    EXPECT_GT(personas[0].recording.counts[Counter::kSecurityMessageAcked], 0u);
    EXPECT_GE(personas[1].recording.counts[Counter::kSecurityMessageAcked], 20u);
    EXPECT_EQ(personas[2].recording.counts[Counter::kSecurityMessageOffered], 0u);
    EXPECT_EQ(result.groups[0].recording.counts[Counter::kTelemetryAcked], result.telemetry.acked);
    // One a minute, from anywhere within the first minute on.
    EXPECT_NEAR(static_cast<double>(result.telemetry.offered), 20 * 20, 20);
    EXPECT_EQ(result.telemetry.hub_received, result.telemetry.acked);
    EXPECT_EQ(result.messages.hub_received, result.messages.acked);
    // Every ten seconds, from 30 to 89 s after the start on.
    EXPECT_NEAR(
        static_cast<double>(result.groups[1].recording.counts[Counter::kSecurityMessageOffered]),
        10 * 114, 40);
    EXPECT_EQ(result.encodings.size(), 4u);
    EXPECT_GT(result.encodings.at("flatbuffers-2.3").events, 10u * 110);
    EXPECT_GT(result.encodings.at("json-1.0-as-shipped").bytes, 0u);
    EXPECT_FALSE(result.environment.contains("encoding"));
}

TEST(PersonaRun, OfTheSameSeedEndsTheSame) {
    const auto plan = plan_of(kMixed, "- {name: work, duration: 5m}\n");
    EXPECT_EQ(stats::write_json(run(plan)), stats::write_json(run(plan)));
}

TEST(PersonaRun, LeavesIdentitiesOutThatAreNotAsTheyShouldBe) {
    const auto plan = plan_of(
        "- {group: g, devices: 200, persona: [legacy-c, micro-linux], identities: {absent: 10%, "
        "never_connected: 10%, rejected: 10%}, security_messages: {rate: 0.1/s}}\n",
        "- {name: work, duration: 2m}\n"
        "- {name: rollout, twin_updates: {every: device, persona: micro-linux, patch: "
        "{Heartbeat_MessageFrequency: High}}, until: {converged: 100%, at_most: 60s}}\n");
    const stats::RunResult result = run(plan);
    const stats::IdentityCounts& counts = result.groups[0].personas[0].identities;
    EXPECT_EQ(counts.all(), 200u);
    EXPECT_NEAR(static_cast<double>(counts.absent), 20, 15);
    EXPECT_NEAR(static_cast<double>(counts.never_connected), 20, 15);
    EXPECT_NEAR(static_cast<double>(counts.rejected), 20, 15);
    EXPECT_EQ(counts, result.groups[0].personas[1].identities);
    EXPECT_EQ(result.totals.counts[Counter::kConnectionOpened], 2 * counts.ordinary);
    ASSERT_EQ(result.convergence.size(), 1u);
    EXPECT_EQ(result.convergence[0].agents, counts.ordinary);
    EXPECT_EQ(result.convergence[0].confirmed, counts.ordinary);
    EXPECT_EQ(result.twins.offered, counts.ordinary) << "nobody patches the others";
    EXPECT_TRUE(result.validity.valid);
    for (const std::string& warning : result.validity.warnings) {
        EXPECT_THAT(warning, testing::Not(HasSubstr("not connected when the load began")));
    }
    // The legacy agents' processes end and come back every ten seconds; the others back off.
    const double lost = static_cast<double>(counts.absent + counts.rejected);
    EXPECT_NEAR(static_cast<double>(result.totals.counts[Counter::kAgentRestarted]) / lost, 12, 2);
    const auto& micro = result.groups[0].personas[1].recording.counts;
    EXPECT_EQ(micro[Counter::kAgentRestarted], 0u);
    EXPECT_NEAR(static_cast<double>(micro[Counter::kConnectionRefused]) / lost, 8, 2);
}

TEST(PersonaRun, PlaysAMigration) {
    const auto plan = plan_of(
        "- {group: g, devices: 30, persona: [legacy-c, {name: micro-linux, start: later}]}\n",
        "- {name: before, duration: 10s}\n"
        "- {name: start, duration: 10s, start: {persona: micro-linux, rate: 5/s}}\n"
        "- {name: stop, duration: 10s, stop: {persona: legacy-c, rate: 10/s}}\n"
        "- {name: rollout, twin_updates: {every: device, persona: micro-linux, patch: "
        "{Heartbeat_MessageFrequency: High}}, until: {converged: 100%, at_most: 60s}}\n"
        "- {name: after, duration: 3h}\n");
    const stats::RunResult result = run(plan);
    const auto connected = [&result](std::string_view phase) {
        std::uint32_t last = 0;
        for (const stats::TimelineRow& row : result.timeline) {
            last = row.phase == phase ? row.connected : last;
        }
        return last;
    };
    EXPECT_EQ(connected("before"), 30u);
    EXPECT_EQ(connected("start"), 60u);
    EXPECT_EQ(connected("stop"), 30u);
    EXPECT_EQ(result.convergence.at(0).confirmed, 30u);
    EXPECT_EQ(result.convergence.at(0).agents, 30u);
    const auto& personas = result.groups[0].personas;
    EXPECT_EQ(personas[0].recording.counts[Counter::kConnectionOpened], 30u) << "and never again";
    EXPECT_GT(personas[1].recording.counts[Counter::kSecurityMessageAcked], 30u);
}

TEST(PersonaRun, StartsDevicesAtTheirPaceAndNoFaster) {
    const auto plan = plan_of(
        "- {group: g, devices: 20, persona: [{name: micro-linux, start: later}]}\n"
        "- {group: h, devices: 20, persona: [{name: micro-linux, start: later}]}\n",
        "- {name: start, duration: 10s, start: {persona: micro-linux, rate: 4/s}}\n");
    const stats::RunResult result = run(plan);
    std::uint32_t before = 0;
    for (const stats::TimelineRow& row : result.timeline) {
        EXPECT_LE(row.connected, before + 5) << row.second;
        before = row.connected;
    }
    EXPECT_EQ(before, 40u) << "the groups one after the other";
}

TEST(FleetPlan, ProvisionsWhatEachStateNeeds) {
    auto plan = plan_of(
        "- {group: g, devices: 100, persona: [micro-linux, legacy-c], identities: {absent: 30%, "
        "never_connected: 30%, rejected: 30%}}\n"
        "- {group: p, devices: 50, persona: [none, micro-linux], identities: {absent: 50%}}\n",
        "- {name: work, duration: 1s}\n");
    const auto service = iothub::ConnectionString::parse(
        "HostName=h;SharedAccessKeyName=iothubowner;SharedAccessKey=c2VjcmV0");
    ASSERT_TRUE(service);
    const auto counts = identity_counts(plan);
    const auto& modules = counts[0][0];
    const auto& plain = counts[1][0];
    const auto identities = fleet_identities(plan, *service);
    // An absent agent's device is there, but not where it speaks as the device itself.
    EXPECT_EQ(identities.size(), 100 + 2 * (100 - modules.absent) + 2 * plain.ordinary);
    const auto members = fleet_members(plan, *service);
    EXPECT_EQ(members.size(), client_count(plan));
    EXPECT_EQ(members.size(), 2 * (100 - modules.never_connected) + 2 * 50);
    std::uint64_t rejected = 0;
    for (const Member& member : members) {
        EXPECT_EQ(member.identity.number, static_cast<std::size_t>(&member - members.data()));
        for (const auto& identity : identities) {
            if (identity.name == member.identity.name) {
                const bool same = identity.key.reveal() == member.identity.key.reveal();
                EXPECT_EQ(same, member.state != plan::IdentityState::kRejected);
                rejected += same ? 0 : 1;
            }
        }
    }
    EXPECT_EQ(rejected, 2 * modules.rejected);
    std::size_t dealt = 0;
    for (std::size_t first = 0; first < 3; ++first) {
        dealt += fleet_members(plan, *service, {first, 3}).size();
    }
    EXPECT_EQ(dealt, members.size());
}

}  // namespace
}  // namespace twinstorm::run
