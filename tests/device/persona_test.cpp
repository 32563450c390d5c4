// Devices of every persona: who they are, how they come back, what becomes of their messages.

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/answering_hub.h"
#include "twinstorm/agent/persona_template.h"

namespace twinstorm::device {
namespace {

using namespace std::chrono_literals;
using stats::Counter;
using stats::Metric;
using support::DeviceBench;
using testing::ElementsAre;

Profile profile_of(agent::Family family) {
    Profile profile;
    profile.persona = agent::make_persona(family);
    return profile;
}

// A plain device that sends two values every minute.
Profile plain_profile(agent::ReportForm report = agent::ReportForm::kMirror) {
    auto source = std::make_shared<agent::PersonaTemplate>();
    source->name = "meter";
    source->report = report;
    agent::DesiredKey key;
    key.name = "x";
    key.path = {"x"};
    key.standard = false;
    source->desired = {key};
    source->events.resize(1);
    agent::Piece text;
    text.text = R"({"a":1})";
    source->events[0].payload = {text};
    agent::MessageTemplate message;
    message.name = "telemetry";
    message.envelope = agent::Envelope::kSingle;
    message.events = {0};
    message.every = 60s;
    message.first_min = 60s;
    message.first_max = 60s;
    source->messages = {message};
    Profile profile;
    profile.persona = agent::Persona();
    profile.persona.name = "meter";
    profile.persona.family = agent::Family::kTemplate;
    profile.persona.options.encoding = agent::Encoding::kTemplate;
    profile.persona.source = source;
    return profile;
}

struct World {
    explicit World(const Profile& profile) : bench(profile), hub(bench) {}

    void start() { bench.start(); }
    void lose(Duration until_back) {
        hub.code = mqtt::ConnectCode::kServerUnavailable;
        bench.lose();
        hub.run(until_back);
        hub.code = mqtt::ConnectCode::kAccepted;
    }

    DeviceBench bench;
    AnsweringHub hub;
};

TEST(RtosDevice, SpeaksAsTheDeviceWithoutATwin) {
    World world(profile_of(agent::Family::kMicroRtos));
    world.start();
    world.hub.run(3min);
    ASSERT_EQ(world.hub.connects.size(), 1u);
    EXPECT_EQ(world.hub.connects[0].topic, "gw-00001");
    EXPECT_TRUE(world.hub.subscribes.empty());
    EXPECT_TRUE(world.hub.gets.empty());
    EXPECT_EQ(world.bench.ready, 1);
    ASSERT_GE(world.hub.messages.size(), 9u);
    EXPECT_TRUE(world.hub.messages[0].topic.starts_with(
        "devices/gw-00001/messages/events/%24.mid=1&mti=2.3-1-0-0&%24.ifid="))
        << world.hub.messages[0].topic;
    EXPECT_GE(world.hub.messages[0].at, kRunStart + 30s);
    EXPECT_LE(world.hub.messages[0].at, kRunStart + 89s);
    EXPECT_EQ(world.hub.messages[1].at - world.hub.messages[0].at, Duration(10s));
    const auto& volume = world.bench.recorder.current()
                             .encodings[static_cast<std::size_t>(agent::Encoding::kFlatBuffers)];
    EXPECT_EQ(volume.messages, world.hub.messages.size());
    EXPECT_GE(volume.events, volume.messages);
}

TEST(RtosDevice, KeepsOnlyTheNewestCycleWhileItIsOffline) {
    World world(profile_of(agent::Family::kMicroRtos));
    world.start();
    world.hub.run(2min);
    const auto sent = world.bench.count(Counter::kSecurityMessageSent);
    world.lose(45s);
    EXPECT_EQ(world.bench.device->messages_waiting(), 1u);
    EXPECT_GE(world.bench.count(Counter::kSecurityMessageFailed), 3u);
    EXPECT_EQ(world.bench.count(Counter::kSecurityMessageSent), sent);
    world.hub.run(1min);
    const Account account = world.bench.device->account(agent::MessageKind::kSecurity);
    EXPECT_EQ(account.waiting, 0u);
    EXPECT_EQ(
        world.bench.count(Counter::kSecurityMessageOffered),
        account.acked + account.in_flight + world.bench.count(Counter::kSecurityMessageFailed));
}

TEST(PlainDevice, SendsTelemetryAndHasADeviceTwin) {
    World world(plain_profile());
    world.start();
    world.hub.run(5min + 1s);
    EXPECT_EQ(world.hub.connects.at(0).topic, "gw-00001");
    EXPECT_EQ(world.hub.gets.size(), 1u);
    EXPECT_EQ(world.hub.reports.size(), 1u);
    ASSERT_EQ(world.hub.messages.size(), 5u);
    EXPECT_EQ(world.hub.messages[0].topic, "devices/gw-00001/messages/events/%24.mid=1");
    EXPECT_EQ(world.hub.messages[0].body, R"({"a":1})");
    EXPECT_EQ(world.bench.count(Counter::kTelemetryOffered), 5u);
    EXPECT_EQ(world.bench.count(Counter::kTelemetrySent), 5u);
    EXPECT_EQ(world.bench.count(Counter::kTelemetryAcked), 5u);
    EXPECT_EQ(world.bench.count(Counter::kTelemetryBytes), 5u * 7);
    EXPECT_EQ(world.bench.count(Counter::kTelemetryBilled), 5u);
    EXPECT_EQ(world.bench.count(Counter::kSecurityMessageOffered), 0u);
    EXPECT_EQ(world.bench.recorder.current()[Metric::kTelemetryAck].count(), 5u);
    EXPECT_EQ(world.bench.device->account(agent::MessageKind::kTelemetry).acked, 5u);
    EXPECT_EQ(world.bench.device->account(agent::MessageKind::kSecurity).acked, 0u);
}

TEST(PlainDevice, ThatReportsNothingConfirmsByApplying) {
    World world(plain_profile(agent::ReportForm::kNone));
    world.start();
    world.hub.run(1s);
    world.hub.notify(2, R"({"x":1,"$version":2})");
    EXPECT_TRUE(world.hub.reports.empty());
    EXPECT_THAT(world.bench.desired, ElementsAre(1, 2));
    EXPECT_THAT(world.bench.confirmed, ElementsAre(1, 2));
}

TEST(LegacyDevice, WithRefusedCredentialsEndsAndComesBackForEver) {
    World world(profile_of(agent::Family::kLegacyC));
    world.hub.code = mqtt::ConnectCode::kNotAuthorized;
    world.start();
    world.hub.run(35s);
    ASSERT_EQ(world.hub.connects.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(world.hub.connects[i].topic, "gw-00001/azureiotsecurity");
        EXPECT_EQ(world.hub.connects[i].at, kRunStart + i * 10s);
    }
    EXPECT_EQ(world.bench.count(Counter::kAgentRestarted), 3u);
    EXPECT_EQ(world.bench.count(Counter::kConnectionRefused), 4u);
    world.hub.code = mqtt::ConnectCode::kAccepted;
    world.hub.run(10s);
    EXPECT_EQ(world.bench.ready, 1);
}

TEST(LegacyDevice, WithoutATwinWithin30SecondsEndsAndComesBack) {
    World world(profile_of(agent::Family::kLegacyCs));
    world.hub.answers_gets = false;
    world.start();
    world.hub.run(85s);
    ASSERT_EQ(world.hub.connects.size(), 3u);
    EXPECT_EQ(world.hub.connects[1].at, kRunStart + 40s);
    EXPECT_EQ(world.hub.connects[2].at, kRunStart + 80s);
    EXPECT_EQ(world.bench.count(Counter::kAgentRestarted), 2u);
    EXPECT_EQ(world.bench.count(Counter::kConnectionDropped), 0u) << "it left by itself";
    EXPECT_THAT(world.bench.errors, testing::Each(testing::HasSubstr("process ended")));
    EXPECT_EQ(world.bench.ready, 0);
}

TEST(LegacyDevice, BacksOffFromABusyHubUntilItsPatienceEnds) {
    World world(profile_of(agent::Family::kLegacyC));
    world.hub.code = mqtt::ConnectCode::kServerUnavailable;
    world.start();
    world.hub.run(39s + 500ms);
    EXPECT_GT(world.hub.connects.size(), 3u);
    EXPECT_LT(world.hub.connects.back().at, kRunStart + 30s);
    world.hub.run(1s);
    EXPECT_EQ(world.hub.connects.back().at, kRunStart + 40s);
}

TEST(LegacyDevice, OnceRunningSurvivesALoss) {
    World world(profile_of(agent::Family::kLegacyC));
    world.start();
    world.hub.run(1min);
    world.hub.code = mqtt::ConnectCode::kNotAuthorized;
    world.bench.lose();
    world.hub.run(5min);
    EXPECT_EQ(world.bench.count(Counter::kAgentRestarted), 0u);
    EXPECT_GT(world.hub.connects.size(), 6u) << "it backs off to 30 s and tries again";
}

TEST(LegacyDevice, InCTakesOneUpdateEveryTenSeconds) {
    World world(profile_of(agent::Family::kLegacyC));
    world.start();
    world.hub.run(3s);
    ASSERT_EQ(world.hub.reports.size(), 1u);
    world.hub.notify(2, R"({"a":1,"$version":2})");
    world.hub.notify(3, R"({"a":2,"$version":3})");
    EXPECT_THAT(world.bench.desired, ElementsAre(1, 2, 3)) << "seen at once";
    EXPECT_EQ(world.hub.reports.size(), 1u);
    world.hub.run(30s);
    ASSERT_EQ(world.hub.reports.size(), 3u);
    EXPECT_EQ(world.hub.reports[1].at, kRunStart + 10s);
    EXPECT_EQ(world.hub.reports[2].at, kRunStart + 20s);
    EXPECT_THAT(world.bench.confirmed, ElementsAre(1, 2, 3));
}

TEST(LegacyDevice, InCSharpActsAtOnce) {
    World world(profile_of(agent::Family::kLegacyCs));
    world.start();
    world.hub.run(3s);
    world.hub.notify(2, R"({"a":1,"$version":2})");
    EXPECT_EQ(world.hub.reports.size(), 2u);
}

TEST(LegacyDevice, BuildsNoMessageWithoutALink) {
    World world(profile_of(agent::Family::kLegacyC));
    world.start();
    world.hub.run(1h);
    EXPECT_GT(world.hub.messages.size(), 0u);
    const auto offered = world.bench.count(Counter::kSecurityMessageOffered);
    world.lose(6h);
    EXPECT_EQ(world.bench.count(Counter::kSecurityMessageOffered), offered);
    EXPECT_EQ(world.bench.device->messages_waiting(), 0u);
    const TimePoint back = world.bench.now;
    world.hub.run(1h);
    ASSERT_GT(world.bench.count(Counter::kSecurityMessageOffered), offered);
    EXPECT_GE(world.hub.messages.back().at, back);
    EXPECT_LT(world.bench.recorder.current()[Metric::kSecurityMessageAck].max(), 60'000'000u)
        << "they count from the instant the link was back";
}

TEST(MicroDevice, GivesUpMessagesThatWaitedForTooLong) {
    World world(profile_of(agent::Family::kMicroLinux));
    world.hub.document = R"({"desired":{"CollectorsCore_PriorityIntervals":"1,1,1",)"
                         R"("IothubModule_MessageTimeout":3,"$version":1},)"
                         R"("reported":{"$version":1}})";
    world.start();
    world.hub.run(5min);
    EXPECT_EQ(world.bench.count(Counter::kSecurityMessageFailed), 0u);
    world.lose(20min);
    EXPECT_LE(world.bench.device->messages_waiting(), 4u);
    EXPECT_GE(world.bench.count(Counter::kSecurityMessageFailed), 15u);
}

// So that worlds with other latencies agree on when agents collect.
TEST(MicroDevice, CollectsFromItsIntendedInstantOn) {
    const auto first_message = [](Duration late) {
        World world(profile_of(agent::Family::kMicroLinux));
        world.bench.now += late;
        world.bench.device->start(kRunStart, world.bench.now);
        world.bench.step(world.bench.now);
        if (!world.bench.connected) {
            world.bench.connect();
        }
        world.hub.run(2min);
        return world.hub.messages.at(0).at;
    };
    EXPECT_EQ(first_message(0s), first_message(7s));
}

TEST(AnyDevice, StartsAnewAfterItWasStopped) {
    World world(profile_of(agent::Family::kMicroLinux));
    world.start();
    world.hub.run(10min);
    const auto offered = world.bench.count(Counter::kSecurityMessageOffered);
    world.bench.device->stop(world.bench.now);
    world.hub.run(5h);
    EXPECT_FALSE(world.bench.device->connected());
    EXPECT_EQ(world.bench.count(Counter::kSecurityMessageOffered), offered)
        << "its schedule stopped with it";
    world.bench.start();
    world.hub.run(10min);
    EXPECT_TRUE(world.bench.device->connected());
    EXPECT_EQ(world.bench.ready, 1) << "only the first time";
    EXPECT_EQ(world.bench.count(Counter::kSecurityMessageOffered), offered + 1)
        << "a first collection of its own";
}

TEST(AnyDevice, StartedWhileItStopsComesBackWhenItHas) {
    World world(profile_of(agent::Family::kMicroLinux));
    world.start();
    world.hub.run(1s);
    world.bench.device->stop(world.bench.now);
    world.bench.device->start(world.bench.now, world.bench.now);
    EXPECT_FALSE(world.bench.device->connected());
    EXPECT_FALSE(world.bench.conversation->wants_connection());
    world.bench.lose({ErrorCode::kCancelled, "not wanted"});
    world.hub.run(1s);
    EXPECT_TRUE(world.bench.device->connected());
    EXPECT_EQ(world.hub.connects.size(), 2u);
}

TEST(AnyDevice, OffersNothingMoreWhenItIsTold) {
    World world(profile_of(agent::Family::kMicroRtos));
    world.start();
    world.hub.run(2min);
    world.bench.device->end_offers();
    const auto offered = world.bench.count(Counter::kSecurityMessageOffered);
    world.hub.run(2min);
    EXPECT_EQ(world.bench.count(Counter::kSecurityMessageOffered), offered);
    EXPECT_TRUE(world.bench.device->connected());
}

TEST(AnyDevice, KeepsTheTallyOfItsWorkplace) {
    World world(profile_of(agent::Family::kMicroRtos));
    const Tally& tally = world.bench.workplace.tally;
    EXPECT_EQ(tally.connected, 0u);
    world.hub.acknowledges = false;
    world.start();
    world.hub.run(100s);
    EXPECT_EQ(tally.connected, 1u);
    EXPECT_EQ(tally.in_flight, world.bench.device->messages_in_flight());
    EXPECT_GT(tally.in_flight, 0u);
    world.hub.code = mqtt::ConnectCode::kServerUnavailable;
    world.bench.lose();
    EXPECT_EQ(tally.connected, 0u);
    EXPECT_GT(tally.in_flight, 0u) << "a session outlives its connection";
}

}  // namespace
}  // namespace twinstorm::device
