#include "twinstorm/device/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/device_script.h"
#include "twinstorm/iothub/property_bag.h"
#include "twinstorm/iothub/topic.h"

namespace twinstorm::device {
namespace {

using namespace std::chrono_literals;
using namespace support;
using stats::Counter;
using stats::Metric;

constexpr const char* kEmptyTwin = R"({"desired":{"$version":1},"reported":{"$version":1}})";

std::unique_ptr<DeviceBench> quiet_device_with(std::chrono::seconds keep_alive) {
    Profile profile;
    profile.persona.habits.keep_alive = keep_alive;
    profile.load.kind = LoadKind::kOpen;  // Without start_load() it sends nothing by itself.
    profile.load.rate = 10;
    profile.load.arrivals = load::ArrivalKind::kConstant;
    return std::make_unique<DeviceBench>(profile);
}

std::unique_ptr<DeviceBench> quiet_device() {
    return quiet_device_with(240s);
}

DeviceScript start_up() {
    DeviceScript script;
    script
        .expect<mqtt::Connect>([](const mqtt::Connect& packet) {
            EXPECT_EQ(packet.client_id, "gw-00001/DefenderIotMicroAgent");
            EXPECT_FALSE(packet.clean_session);
            EXPECT_TRUE(packet.password.has_value());
        })
        .reply(connack())
        .expect<mqtt::Subscribe>([](const mqtt::Subscribe& packet) {
            std::vector<std::string_view> filters;
            for (const mqtt::Subscription& subscription : packet.subscriptions) {
                filters.push_back(subscription.filter);
            }
            EXPECT_THAT(filters, testing::ElementsAre(iothub::filter::kTwinResponses,
                                                      iothub::filter::kDesiredChanges));
        })
        .reply(suback())
        .expect<mqtt::Publish>([](const mqtt::Publish& packet) {
            EXPECT_TRUE(packet.topic.starts_with("$iothub/twin/GET/?$rid=")) << packet.topic;
        })
        .reply(twin(kEmptyTwin))
        .expect<mqtt::Publish>([](const mqtt::Publish& packet) {
            EXPECT_TRUE(packet.topic.starts_with("$iothub/twin/PATCH/properties/reported/"))
                << packet.topic;
        })
        .reply(patched(2));
    return script;
}

// Plays the start by hand, for tests that go on from there.
std::unique_ptr<DeviceBench> connected_device(std::unique_ptr<DeviceBench> bench) {
    bench->start();
    Buffer out;
    mqtt::write(out, mqtt::ConnAck{false, mqtt::ConnectCode::kAccepted});
    static_cast<void>(bench->take_packets());
    bench->feed(out);
    for (const Answer& answer : {suback(), twin(kEmptyTwin), patched(2)}) {
        out.clear();
        const auto packets = bench->take_packets();
        EXPECT_EQ(packets.size(), 1u);
        answer(out, packets.back());
        bench->feed(out);
    }
    EXPECT_EQ(bench->ready, 1);
    return bench;
}

TEST(Device, ConnectsSubscribesReadsItsTwinAndReports) {
    start_up().run_on(quiet_device).and_again_broken_at_each_step();
}

TEST(Device, ComesBackWhenTheHubIsBusyOrRefuses) {
    DeviceScript script;
    script.expect<mqtt::Connect>()
        .reply(connack(mqtt::ConnectCode::kServerUnavailable))
        .expect<mqtt::Connect>()
        .reply(connack(mqtt::ConnectCode::kNotAuthorized))
        .expect<mqtt::Connect>();
    script.run_on(quiet_device);
}

TEST(Device, CountsARefusalAndWaitsLongerEachTime) {
    const auto bench = quiet_device();
    bench->start();
    std::vector<Duration> waits;
    for (int attempt = 0; attempt < 4; ++attempt) {
        static_cast<void>(bench->take_packets());
        Buffer out;
        mqtt::write(out, mqtt::ConnAck{false, mqtt::ConnectCode::kNotAuthorized});
        bench->feed(out);
        const TimePoint refused = bench->now;
        while (bench->take_packets().empty()) {
            ASSERT_TRUE(bench->step(bench->now + 60s));
        }
        waits.push_back(bench->now - refused);
    }
    EXPECT_EQ(bench->count(Counter::kConnectionRefused), 4u);
    EXPECT_EQ(bench->count(Counter::kConnectionDropped), 0u);
    EXPECT_GE(waits[0], 950ms);
    EXPECT_LE(waits[0], 1050ms);
    EXPECT_GT(waits[3], 3 * waits[0]);
}

TEST(Device, FlushesThenAppliesThenReportsADesiredChange) {
    const auto bench = connected_device(quiet_device_with(1767s));
    bench->device->start_load(bench->now);  // Once a first message has gone, events gather.
    static_cast<void>(bench->take_packets());
    bench->advance_to(bench->now + 100ms);
    bench->device->stop_load();
    Buffer out;
    puback()(out, bench->take_packets().at(0));
    bench->feed(out);
    bench->advance_to(bench->now + 25min);  // Long enough for unsent event data to be there.
    static_cast<void>(bench->take_packets());
    out.clear();
    write_desired(out, 2, R"({"Heartbeat_MessageFrequency":"High","$version":2})");
    bench->feed(out);

    const auto packets = bench->take_packets();
    ASSERT_EQ(packets.size(), 2u);
    const auto& flushed = std::get<mqtt::Publish>(packets[0]);
    EXPECT_EQ(flushed.qos, 1);
    EXPECT_TRUE(flushed.topic.starts_with(
        "devices/gw-00001/modules/DefenderIotMicroAgent/messages/events/"));
    const auto& report = std::get<mqtt::Publish>(packets[1]);
    EXPECT_TRUE(report.topic.starts_with("$iothub/twin/PATCH/properties/reported/"));
    EXPECT_THAT(bench->desired, testing::ElementsAre(1, 2));

    out.clear();
    patched(3)(out, packets[1]);
    bench->feed(out);
    EXPECT_THAT(bench->confirmed, testing::ElementsAre(1, 2));
    EXPECT_EQ(bench->recorder.current()[Metric::kTwinReport].count(), 2u);
}

TEST(Device, ReadsItsTwinAgainWhenANoticeWasMissedAndIgnoresStaleOnes) {
    const auto bench = connected_device(quiet_device());
    static_cast<void>(bench->take_packets());
    Buffer out;
    write_desired(out, 1, R"({"Process_Mode":2,"$version":1})");
    bench->feed(out);
    EXPECT_TRUE(bench->take_packets().empty());

    out.clear();
    write_desired(out, 5, R"({"Process_Mode":2,"$version":5})");
    bench->feed(out);
    const auto packets = bench->take_packets();
    ASSERT_EQ(packets.size(), 1u);
    EXPECT_TRUE(std::get<mqtt::Publish>(packets[0]).topic.starts_with("$iothub/twin/GET/"));
    out.clear();
    twin(R"({"desired":{"Process_Mode":2,"$version":5},"reported":{"$version":2}})")(out,
                                                                                     packets[0]);
    bench->feed(out);
    EXPECT_THAT(bench->desired, testing::ElementsAre(1, 5));
}

TEST(Device, OffersAtItsRateFromTheIntendedInstantAndKeepsTheLedger) {
    const auto bench = connected_device(quiet_device());
    static_cast<void>(bench->take_packets());
    bench->device->start_load(bench->now);
    bench->advance_to(bench->now + 1s);
    const auto packets = bench->take_packets();
    EXPECT_EQ(packets.size(), 10u);
    EXPECT_EQ(bench->count(Counter::kSecurityMessageOffered), 10u);
    EXPECT_EQ(bench->device->messages_in_flight(), 10u);

    Buffer out;
    for (const mqtt::Packet& packet : packets) {
        const auto& publish = std::get<mqtt::Publish>(packet);
        const auto bag = publish.topic.substr(publish.topic.rfind('/') + 1);
        EXPECT_TRUE(iothub::glance(bag).security_message) << bag;
        puback()(out, packet);
    }
    bench->feed(out);
    EXPECT_EQ(bench->device->messages_in_flight(), 0u);
    EXPECT_EQ(bench->count(Counter::kSecurityMessageAcked), 10u);
    EXPECT_EQ(bench->recorder.current()[Metric::kSecurityMessageAck].count(), 10u);
    EXPECT_GT(bench->recorder.current()[Metric::kSecurityMessageAck].max(), 800'000u);
    EXPECT_LT(bench->recorder.current()[Metric::kSecurityMessageLateness].max(), 10u);
}

TEST(Device, SendsAtMostItsWindowAndTheRestWhenAnswersCome) {
    const auto bench = connected_device(quiet_device());
    bench->device->start_load(bench->now);
    static_cast<void>(bench->take_packets());
    bench->advance_to(bench->now + 5s);
    const auto packets = bench->take_packets();
    EXPECT_EQ(packets.size(), kInFlightMax);
    EXPECT_EQ(bench->device->messages_waiting(), 50 - kInFlightMax);

    Buffer out;
    puback()(out, packets.front());
    bench->feed(out);
    EXPECT_EQ(bench->take_packets().size(), 1u);
    EXPECT_EQ(bench->device->messages_waiting(), 50 - kInFlightMax - 1);
}

TEST(Device, SendsUnacknowledgedMessagesAgainWithDupAfterALoss) {
    const auto bench = connected_device(quiet_device());
    bench->device->start_load(bench->now);
    static_cast<void>(bench->take_packets());
    bench->advance_to(bench->now + 200ms);
    const auto before = bench->take_packets();
    ASSERT_EQ(before.size(), 2u);
    const std::uint16_t first_id = std::get<mqtt::Publish>(before[0]).packet_id;
    bench->device->stop_load();

    bench->lose();
    while (!bench->connected) {
        ASSERT_TRUE(bench->step(bench->now + 60s));
    }
    static_cast<void>(bench->take_packets());
    Buffer out;
    mqtt::write(out, mqtt::ConnAck{true, mqtt::ConnectCode::kAccepted});
    bench->feed(out);
    const auto after = bench->take_packets();
    ASSERT_EQ(after.size(), 3u);  // Both again, then SUBSCRIBE.
    EXPECT_TRUE(std::get<mqtt::Publish>(after[0]).duplicate);
    EXPECT_EQ(std::get<mqtt::Publish>(after[0]).packet_id, first_id);
    EXPECT_EQ(bench->count(Counter::kConnectionDropped), 1u);
    EXPECT_EQ(bench->count(Counter::kConnectionReconnected), 1u);
    EXPECT_EQ(bench->recorder.current()[Metric::kReconnect].count(), 1u);
}

// The SDK for C: once more after a minute, and after another the message and the connection go.
TEST(Device, GivesUpAMessageThatIsNeverAcknowledgedAndItsConnection) {
    const auto bench = connected_device(quiet_device());
    bench->device->start_load(bench->now);
    static_cast<void>(bench->take_packets());
    bench->advance_to(bench->now + 200ms);
    const auto sent = bench->take_packets();
    ASSERT_EQ(sent.size(), 2u);
    bench->device->stop_load();
    const std::uint16_t first_id = std::get<mqtt::Publish>(sent[0]).packet_id;
    Buffer out;
    puback()(out, sent[1]);
    bench->feed(out);
    const TimePoint answered = bench->now;

    bench->advance_to(answered + 59s);
    EXPECT_TRUE(bench->take_packets().empty());
    bench->advance_to(answered + 61s);
    const auto again = bench->take_packets();
    ASSERT_EQ(again.size(), 1u);
    EXPECT_TRUE(std::get<mqtt::Publish>(again[0]).duplicate);
    EXPECT_EQ(std::get<mqtt::Publish>(again[0]).packet_id, first_id);
    EXPECT_EQ(bench->count(Counter::kSecurityMessageFailed), 0u);

    bench->advance_to(answered + 121s);
    EXPECT_EQ(bench->count(Counter::kSecurityMessageFailed), 1u);
    EXPECT_EQ(bench->count(Counter::kConnectionDropped), 1u);
    EXPECT_EQ(bench->device->messages_in_flight(), 0u);
    EXPECT_EQ(bench->workplace.tally.in_flight, 0u);
    ASSERT_FALSE(bench->errors.empty());
    EXPECT_THAT(bench->errors.back(), testing::HasSubstr("no PUBACK came"));
}

TEST(Device, AnAcknowledgementAfterTheSecondSendingIsInTime) {
    const auto bench = connected_device(quiet_device());
    bench->device->start_load(bench->now);
    static_cast<void>(bench->take_packets());
    bench->advance_to(bench->now + 100ms);
    ASSERT_EQ(bench->take_packets().size(), 1u);
    bench->device->stop_load();
    bench->advance_to(bench->now + 61s);
    const auto again = bench->take_packets();
    ASSERT_EQ(again.size(), 1u);
    Buffer out;
    puback()(out, again[0]);
    bench->feed(out);
    bench->advance_to(bench->now + 70s);
    EXPECT_EQ(bench->count(Counter::kSecurityMessageAcked), 1u);
    EXPECT_EQ(bench->count(Counter::kSecurityMessageFailed), 0u);
    EXPECT_EQ(bench->count(Counter::kConnectionDropped), 0u);
}

TEST(Device, RenewsItsTokenByReconnectingAtFourFifthsOfItsLife) {
    const auto bench = connected_device(quiet_device());
    static_cast<void>(bench->take_packets());
    const TimePoint connected = bench->now;
    std::vector<mqtt::Packet> packets;
    while (packets.empty() || !std::holds_alternative<mqtt::Connect>(packets.back())) {
        ASSERT_TRUE(bench->step(connected + 2h));
        packets = bench->take_packets();
        Buffer out;
        if (!packets.empty() && std::holds_alternative<mqtt::PingReq>(packets.back())) {
            mqtt::write(out, mqtt::PingResp{});
            bench->feed(out);
        }
    }
    EXPECT_NEAR(to_seconds(bench->now - connected), 2880, 1);
    EXPECT_EQ(bench->count(Counter::kConnectionDropped), 0u);
}

TEST(Device, PingsAtItsKeepAliveAndGivesUpWithoutAnAnswer) {
    const auto bench = connected_device(quiet_device());
    static_cast<void>(bench->take_packets());
    const TimePoint connected = bench->now;
    ASSERT_TRUE(bench->step(connected + 10min));
    EXPECT_NEAR(to_seconds(bench->now - connected), 240, 1);
    const auto packets = bench->take_packets();
    ASSERT_EQ(packets.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<mqtt::PingReq>(packets[0]));
    ASSERT_TRUE(bench->step(connected + 10min));
    EXPECT_THAT(bench->errors, testing::ElementsAre("no PINGRESP came within 30 s"));
}

TEST(Device, StopsBeforeItWasEverConnected) {
    const auto bench = quiet_device();
    bench->device->start(bench->now, bench->now);
    bench->device->stop(bench->now);
    EXPECT_FALSE(bench->conversation->wants_connection());
    ASSERT_TRUE(bench->step(bench->now + 1s));
    EXPECT_FALSE(bench->conversation->next_deadline());
    EXPECT_TRUE(bench->errors.empty());
    bench->start();  // It is off, and may be started anew.
    EXPECT_TRUE(bench->connected);
}

TEST(Device, GivesUpOnAHubThatSendsRubbish) {
    const auto bench = connected_device(quiet_device());
    bench->feed(Buffer(4, std::byte{0}));
    ASSERT_EQ(bench->errors.size(), 1u);
    EXPECT_THAT(bench->errors[0], testing::StartsWith("the hub sent"));
}

TEST(Device, ReportsInvalidConfigurationAsTheAgentDoes) {
    const auto bench = connected_device(quiet_device());
    static_cast<void>(bench->take_packets());
    Buffer out;
    write_desired(out, 2, R"({"Process_Mode":9,"$version":2})");
    bench->feed(out);
    const auto packets = bench->take_packets();
    ASSERT_FALSE(packets.empty());
    const auto& report = std::get<mqtt::Publish>(packets.back());
    const std::string body(reinterpret_cast<const char*>(report.payload.data()),
                           report.payload.size());
    EXPECT_EQ(body, R"({"latest_state":"failed","latest_invalid_fields":["Process_Mode"]})");
}

TEST(Device, TheSameSeedSendsTheSameBytes) {
    const auto bytes = [] {
        const auto bench = connected_device(quiet_device());
        static_cast<void>(bench->take_packets());
        bench->device->start_load(bench->now);
        bench->advance_to(bench->now + 1s);
        std::string all;
        for (const mqtt::Packet& packet : bench->take_packets()) {
            const auto& publish = std::get<mqtt::Publish>(packet);
            all.append(publish.topic);
            all.append(reinterpret_cast<const char*>(publish.payload.data()),
                       publish.payload.size());
        }
        return all;
    };
    const std::string first = bytes();
    EXPECT_FALSE(first.empty());
    EXPECT_EQ(first, bytes());
}

}  // namespace
}  // namespace twinstorm::device
