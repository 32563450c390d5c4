// What each operation costs of the daily quota, as the admin endpoint tells it.

#include <span>
#include <string>

#include <gtest/gtest.h>

#include "support/hub_fixture.h"
#include "twinstorm/amqp/ports.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

hub::Options on_tier(iothub::Tier tier, bool throttle = false) {
    hub::Options options;
    options.host_name = kHost;
    options.tier = tier;
    options.throttle = throttle;
    return options;
}

// A section of so many bytes, in members that are short enough.
std::string desired_of(std::size_t bytes) {
    constexpr std::size_t kEach = 4'000;
    std::string members;
    for (std::size_t at = 0; at < bytes; at += kEach) {
        members += members.empty() ? "" : ",";
        members += "\"m" + std::to_string(at) + "\":\"" +
                   std::string(std::min(kEach, bytes - at), 'x') + "\"";
    }
    return R"({"properties":{"desired":{)" + members + "}}}";
}

class Metering : public ::testing::Test, public HubFixture {
protected:
    Metering() : HubFixture(on_tier(iothub::Tier::kS1)) { create_gateway(); }

    std::int64_t limit(const std::string& pointer) {
        return admin("GET", "/admin/limits").number(pointer);
    }
    std::int64_t charged(const std::string& kind) { return limit("/quota/charged/" + kind); }

    // The condition, or "" when it was taken in, or "waits".
    std::shared_ptr<std::string> send_cloud_message(std::string_view body) {
        amqp::CloudMessage message;
        message.device_id = "gw";
        const auto bytes = std::as_bytes(std::span(body));
        message.body.assign(bytes.begin(), bytes.end());
        auto result = std::make_shared<std::string>("waits");
        hub->messages().send(std::move(message), [result](std::optional<amqp::Condition> refusal) {
            *result = refusal ? refusal->name : "";
        });
        return result;
    }
};

TEST_F(Metering, TelemetryByBodyAndProperties) {
    auto agent = online(kAgent);
    const std::string topic = "devices/gw/modules/agent/messages/events/";
    agent->send(publish(topic, std::string(4'096, 'x')));
    EXPECT_EQ(charged("device_messages"), 1);
    agent->send(publish(topic + "k=v", std::string(4'096, 'x')));
    EXPECT_EQ(charged("device_messages"), 3) << "4,098 bytes are two blocks";
    agent->send(publish(topic + "%24.ct=application%2Fjson", std::string(4'080, 'x')));
    EXPECT_EQ(charged("device_messages"), 4) << "of system properties the values count";
}

TEST_F(Metering, TwinReadsByWhatTheyBring) {
    EXPECT_EQ(rest("GET", "/twins/gw").status, 200u);
    EXPECT_EQ(charged("twin_reads"), 1);
    EXPECT_EQ(rest("PATCH", "/twins/gw/modules/agent", desired_of(10'000)).status, 200u);
    auto agent = online(kAgent, true);
    agent->send(publish("$iothub/twin/GET/?$rid=1", ""));
    EXPECT_EQ(charged("twin_reads"), 1 + 3);
    EXPECT_EQ(rest("GET", "/digitaltwins/gw").status, 200u);
    EXPECT_EQ(charged("twin_reads"), 1 + 3 + 1);
}

TEST_F(Metering, NoticesOnlyWhenTheyGoOut) {
    EXPECT_EQ(rest("PATCH", "/twins/gw/modules/agent", desired_of(10)).status, 200u);
    EXPECT_EQ(charged("twin_updates"), 1);
    EXPECT_EQ(charged("twin_notices"), 0) << "nobody is there to be told";
    auto agent = online(kAgent, true);
    EXPECT_EQ(rest("PATCH", "/twins/gw/modules/agent", desired_of(9'000)).status, 200u);
    EXPECT_EQ(charged("twin_notices"), 3);
}

TEST_F(Metering, MethodsInRequestAndResponse) {
    auto agent = online(kAgent);
    agent->send(subscribe(1, {{"$iothub/methods/POST/#", 0}}));
    const auto answer =
        ask("POST", "/twins/gw/modules/agent/methods", R"({"methodName":"m","payload":1})");
    const std::string call = agent->answers();
    const std::string rid = call.substr(call.find("$rid=") + 5, 1);
    agent->send(
        publish("$iothub/methods/res/200/?$rid=" + rid, '"' + std::string(5'000, 'x') + '"'));
    EXPECT_EQ(answer->status, 200u) << call;
    EXPECT_EQ(charged("direct_methods"), 1 + 2);
}

TEST_F(Metering, MessagesFromTheCloud) {
    EXPECT_EQ(*send_cloud_message(std::string(5'000, 'x')), "");
    EXPECT_EQ(charged("cloud_to_device_messages"), 2);
    EXPECT_EQ(limit("/throttles/cloud_to_device_sends/admitted"), 1);
}

class ThrottledSender : public Metering {
protected:
    ThrottledSender() {
        hub = std::make_unique<hub::Hub>(on_tier(iothub::Tier::kS1, true), anchor,
                                         std::vector<net::Loop*>{&loop});
        create_gateway();
    }
};

TEST_F(ThrottledSender, WaitsForTheTier) {
    EXPECT_EQ(rest("DELETE", "/devices/gw/commands").status, 200u);
    for (int number = 0; number < 100; ++number) {  // A minute at the tier's rate.
        EXPECT_EQ(*send_cloud_message("x"), "") << number;
        if (number % 50 == 49) {
            EXPECT_EQ(rest("DELETE", "/devices/gw/commands").status, 200u);
        }
    }
    const auto late = send_cloud_message("x");
    EXPECT_EQ(*late, "waits");
    loop.pass(601ms);
    EXPECT_EQ(*late, "");
    EXPECT_EQ(limit("/throttles/cloud_to_device_sends/delayed"), 1);
}

TEST_F(ThrottledSender, IsTurnedAwayWhenTheQueueIsFull) {
    std::shared_ptr<std::string> last;
    for (int number = 0; number < 201; ++number) {
        last = send_cloud_message("x");
    }
    EXPECT_EQ(*last, "com.microsoft:server-busy");
}

class UsedUp : public Metering {
protected:
    UsedUp() {
        hub = std::make_unique<hub::Hub>(on_tier(iothub::Tier::kF1, true), anchor,
                                         std::vector<net::Loop*>{&loop});
        create_gateway();
    }
};

TEST_F(UsedUp, ADayLeavesNoRoomForMessagesFromTheCloud) {
    auto gateway = online(kGateway);
    for (int number = 0; number < 16; ++number) {  // 8,000 blocks of 0.5 KB.
        gateway->send(publish("devices/gw/messages/events/", std::string(256'000, 'x')));
    }
    EXPECT_EQ(limit("/quota/used_today"), 8'000);
    EXPECT_EQ(*send_cloud_message("x"), "amqp:resource-limit-exceeded");
}

}  // namespace
}  // namespace twinstorm::testing
