#include "hub/cloud_messages.h"

#include <unistd.h>

#include <filesystem>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFilter = "devices/gw/messages/devicebound/#";
const std::string kTo = "%24.to=%2Fdevices%2Fgw%2Fmessages%2FdeviceBound";

amqp::CloudMessage message(std::string_view id, std::string_view body = "x") {
    amqp::CloudMessage result;
    result.device_id = "gw";
    result.properties.message_id = id;
    const auto bytes = std::as_bytes(std::span(body));
    result.body.assign(bytes.begin(), bytes.end());
    return result;
}

std::string topic(std::string_view id) {
    return "devices/gw/messages/devicebound/%24.mid=" + std::string(id) + "&" + kTo;
}

// A hub that can be asked to send, and a device that comes and goes.
class Sender : public HubFixture {
public:
    using HubFixture::HubFixture;

    // Empty when it was taken in, else the condition.
    std::string send(amqp::CloudMessage what) {
        std::string result = "no answer";
        hub->messages().send(std::move(what), [&result](std::optional<amqp::Condition> refusal) {
            result = refusal ? refusal->name : "";
        });
        settle();
        return result;
    }

    std::unique_ptr<HubClient> device(bool clean, const PacketBytes& then = {}) {
        auto client = std::make_unique<HubClient>(loop, *hub);
        ConnectOptions options = connect_options(kGateway);
        options.clean_session = clean;
        client->send(connect(options) + then);
        settle();
        return client;
    }

    std::int64_t waiting() {
        return rest("GET", "/devices/gw").number("/cloudToDeviceMessageCount");
    }
};

class CloudMessagesTest : public ::testing::Test, public Sender {
protected:
    void SetUp() override { create_gateway(); }
};

TEST_F(CloudMessagesTest, GoToASubscribedDeviceAtOnce) {
    auto gateway = device(true, subscribe(1, {{kFilter, 1}}));
    EXPECT_EQ(gateway->answers(), "CONNACK 0\nSUBACK 1: 1");
    EXPECT_EQ(send(message("a", "hello")), "");
    EXPECT_TRUE(gateway->was_woken());
    EXPECT_EQ(gateway->answers(), "PUBLISH 1 #1 " + topic("a") + " hello");
    EXPECT_EQ(waiting(), 1);
    EXPECT_EQ(rest("GET", "/twins/gw").number("/cloudToDeviceMessageCount"), 1);
    gateway->send(puback(1));
    EXPECT_EQ(waiting(), 0);
    EXPECT_EQ(rest("GET", "/twins/gw").number("/cloudToDeviceMessageCount"), 0);
}

TEST_F(CloudMessagesTest, SayAllTheirProperties) {
    auto gateway = device(true, subscribe(1, {{kFilter, 0}}));
    amqp::CloudMessage full = message("m 1", "{}");
    full.properties.correlation_id = "c";
    full.properties.user_id = "u";
    full.properties.to = "/devices/gw/messages/deviceBound";
    full.properties.content_type = "application/json";
    full.properties.content_encoding = "utf-8";
    full.properties.expiry = kVirtualEpoch + 60s;
    full.ack = amqp::AckMode::kFull;
    full.application = {{"color", "deep red"}, {"null", std::nullopt}, {"empty", ""}};
    ASSERT_EQ(gateway->answers(), "CONNACK 0\nSUBACK 1: 0");
    EXPECT_EQ(send(full), "");
    EXPECT_EQ(gateway->answers(),
              "PUBLISH 0 devices/gw/messages/devicebound/%24.mid=m%201&%24.cid=c&%24.uid=u&" + kTo +
                  "&%24.ct=application%2Fjson&%24.ce=utf-8&%24.exp=2026-01-01T00%3A01%3A00.0000000Z"
                  "&iothub-ack=full&color=deep%20red&null&empty= {}");
    EXPECT_EQ(waiting(), 0);  // At QoS 0 it is done once it is written.
}

TEST_F(CloudMessagesTest, GetAnIdWhenTheyHaveNone) {
    auto gateway = device(true, subscribe(1, {{kFilter, 0}}));
    ASSERT_EQ(gateway->answers(), "CONNACK 0\nSUBACK 1: 0");
    amqp::CloudMessage plain = message("");
    EXPECT_EQ(send(plain), "");
    EXPECT_TRUE(
        gateway->answers().starts_with("PUBLISH 0 devices/gw/messages/devicebound/%24.mid="));
}

TEST_F(CloudMessagesTest, WaitForTheSubscription) {
    auto gateway = device(true);
    ASSERT_EQ(gateway->answers(), "CONNACK 0");
    EXPECT_EQ(send(message("a")), "");
    EXPECT_EQ(send(message("b")), "");
    EXPECT_EQ(gateway->answers(), "");
    gateway->send(subscribe(1, {{kFilter, 2}}));
    EXPECT_EQ(gateway->answers(),
              "SUBACK 1: 1\nPUBLISH 1 #1 " + topic("a") + " x\nPUBLISH 1 #2 " + topic("b") + " x");
    gateway->send(unsubscribe(2, {kFilter}));
    EXPECT_EQ(gateway->answers(), "UNSUBACK 2");
    EXPECT_EQ(send(message("c")), "");
    EXPECT_EQ(gateway->answers(), "");
    gateway->send(puback(1));
    EXPECT_EQ(gateway->answers(), "");
    EXPECT_EQ(waiting(), 2);
}

TEST_F(CloudMessagesTest, ComeAgainInTheSameSession) {
    auto gateway = device(false, subscribe(1, {{kFilter, 1}}));
    ASSERT_EQ(send(message("a")), "");
    ASSERT_EQ(send(message("b")), "");
    gateway->send(puback(1));
    gateway->lose();
    ASSERT_EQ(send(message("c")), "");
    // The persisted session receives without subscribing again, what was sent before as DUP.
    gateway = device(false);
    EXPECT_EQ(gateway->answers(), "CONNACK 0 present\nPUBLISH 1 dup #2 " + topic("b") +
                                      " x\nPUBLISH 1 #3 " + topic("c") + " x");
    gateway->send(puback(2) + puback(3) + puback(9) + disconnect());
    EXPECT_EQ(waiting(), 0);
}

TEST_F(CloudMessagesTest, SurviveACleanConnect) {
    auto gateway = device(false, subscribe(1, {{kFilter, 1}}));
    ASSERT_EQ(send(message("a")), "");
    gateway = device(true);
    EXPECT_EQ(gateway->answers(), "CONNACK 0");
    gateway->send(subscribe(1, {{kFilter, 1}}));
    EXPECT_EQ(gateway->answers(), "SUBACK 1: 1\nPUBLISH 1 #2 " + topic("a") + " x");
}

TEST_F(CloudMessagesTest, FollowATakeOver) {
    auto older = device(false, subscribe(1, {{kFilter, 1}}));
    ASSERT_EQ(send(message("a")), "");
    auto newer = device(false);
    EXPECT_EQ(newer->answers(), "CONNACK 0 present\nPUBLISH 1 dup #1 " + topic("a") + " x");
}

TEST_F(CloudMessagesTest, AreSentAsTheWindowAllows) {
    auto gateway = device(true, subscribe(1, {{kFilter, 1}}));
    for (std::size_t i = 0; i < hub::kCloudInFlightMax + 2; ++i) {
        ASSERT_EQ(send(message("m" + std::to_string(i))), "");
    }
    const std::string first = gateway->answers();
    EXPECT_NE(first.find("#16 "), std::string::npos);
    EXPECT_EQ(first.find("#17 "), std::string::npos);
    gateway->send(puback(5));
    EXPECT_EQ(gateway->answers(), "PUBLISH 1 #17 " + topic("m16") + " x");
}

TEST_F(CloudMessagesTest, DoNotFloodASlowReader) {
    const std::string large(60'000, 'x');
    for (std::size_t i = 0; i < hub::kCloudQueueMax; ++i) {
        ASSERT_EQ(send(message("m" + std::to_string(i), large)), "");
    }
    auto gateway = device(true, subscribe(1, {{kFilter, 0}}));
    std::size_t turns = 0;
    std::size_t messages = 0;
    for (std::string text = gateway->answers(); !text.empty(); text = gateway->answers()) {
        EXPECT_LT(text.size(), hub::kCloudOutgoingBytesMax + 70'000);
        for (std::size_t at = 0; (at = text.find("PUBLISH", at)) != std::string::npos; ++at) {
            ++messages;
        }
        ++turns;
    }
    EXPECT_TRUE(gateway->open());
    EXPECT_EQ(messages, hub::kCloudQueueMax);
    EXPECT_GT(turns, 5U);
}

TEST_F(CloudMessagesTest, AreRefusedWhenTheyCannotBeKept) {
    amqp::CloudMessage unknown = message("a");
    unknown.device_id = "nobody";
    EXPECT_EQ(send(unknown), amqp::condition::kNotFound);
    EXPECT_EQ(send(message("a", std::string(hub::kCloudMessageBytesMax, 'x'))),
              amqp::condition::kMessageSizeExceeded);
    amqp::CloudMessage encoded = message("a");
    encoded.application = {{"key", std::string(30'000, ' ')}};  // Three times as long in a topic.
    EXPECT_EQ(send(encoded), amqp::condition::kMessageSizeExceeded);
    EXPECT_EQ(send(message(std::string(129, 'x'))), amqp::condition::kArgumentError);
    EXPECT_EQ(waiting(), 0);
    for (std::size_t i = 0; i < hub::kCloudQueueMax; ++i) {
        ASSERT_EQ(send(message("a")), "");
    }
    EXPECT_EQ(send(message("a")), amqp::condition::kDeviceQueueFull);
    EXPECT_EQ(waiting(), 50);
}

TEST_F(CloudMessagesTest, AreNotForModules) {
    auto agent = online(kAgent);
    agent->send(subscribe(1, {{"devices/gw/modules/agent/#", 1}}));
    ASSERT_EQ(agent->answers(), "SUBACK 1: 1");
    ASSERT_EQ(send(message("a")), "");
    EXPECT_EQ(agent->answers(), "");
    EXPECT_EQ(rest("GET", "/devices/gw/modules/agent").number("/cloudToDeviceMessageCount"), 0);
}

TEST_F(CloudMessagesTest, ExpireAfterAnHourUnlessTheySayWhen) {
    amqp::CloudMessage brief = message("brief");
    brief.properties.expiry = kVirtualEpoch + 10s;
    amqp::CloudMessage endless = message("endless");
    endless.properties.expiry = kVirtualEpoch + std::chrono::hours(24 * 365 * 200);
    amqp::CloudMessage late = message("late");
    late.properties.expiry = kVirtualEpoch - 1s;
    ASSERT_EQ(send(brief), "");
    ASSERT_EQ(send(message("plain")), "");
    ASSERT_EQ(send(endless), "");
    ASSERT_EQ(send(late), "");
    EXPECT_EQ(waiting(), 3);
    loop.pass(10s);
    EXPECT_EQ(waiting(), 2);
    loop.pass(1h - 10s - 1ns);
    EXPECT_EQ(waiting(), 2);
    loop.pass(1ns);
    EXPECT_EQ(waiting(), 1);
    loop.pass(47h);  // Nothing waits for longer than two days.
    EXPECT_EQ(waiting(), 0);
}

TEST_F(CloudMessagesTest, GoWithTheirDevice) {
    ASSERT_EQ(send(message("a")), "");
    ASSERT_EQ(rest("DELETE", "/devices/gw").status, 204U);
    create_gateway();
    EXPECT_EQ(waiting(), 0);
    loop.pass(2h);  // The timer of the device that was finds nothing.
    EXPECT_EQ(waiting(), 0);
}

TEST_F(CloudMessagesTest, AreGivenUpAfterTenDeliveries) {
    ASSERT_EQ(send(message("a")), "");
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(waiting(), 1);
        device(false, subscribe(1, {{kFilter, 1}}))->lose();
    }
    EXPECT_EQ(waiting(), 0);
}

TEST(CloudMessagesOfTwoLoops, CrossThem) {
    hub::Options options;
    Sender sender(options, 2);
    sender.create_gateway();
    auto gateway = sender.device(true, subscribe(1, {{kFilter, 1}}));
    ASSERT_EQ(gateway->answers(), "CONNACK 0\nSUBACK 1: 1");
    EXPECT_EQ(sender.send(message("a")), "");
    EXPECT_EQ(gateway->answers(), "PUBLISH 1 #1 " + topic("a") + " x");
}

TEST(CloudMessagesJournal, KeepsWhatWaits) {
    const std::string path = ::testing::TempDir() + "twinstorm_c2d_" + std::to_string(::getpid());
    std::filesystem::remove(path);
    const auto start = [&path] {
        hub::Options options;
        options.journal_file = path;
        auto sender = std::make_unique<Sender>(options);
        EXPECT_TRUE(sender->hub->restore());
        return sender;
    };
    auto before = start();
    before->create_gateway();
    auto gateway = before->device(false, subscribe(1, {{kFilter, 1}}));
    ASSERT_EQ(before->send(message("a")), "");
    gateway->send(puback(1) + disconnect());
    ASSERT_EQ(before->send(message("b", std::string("\0\xff", 2))), "");
    before->loop.pump();
    gateway.reset();  // It belongs to the loop of that hub.
    before.reset();

    auto after = start();
    EXPECT_EQ(after->waiting(), 1);
    EXPECT_EQ(after->device(false)->answers(),
              "CONNACK 0 present\nPUBLISH 1 #1 " + topic("b") + " " + std::string("\0\xff", 2));
    after->loop.pass(2h);
    EXPECT_EQ(after->waiting(), 0);
    after.reset();
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace twinstorm::testing
