#include "hub/rest_cloud_messages.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fixture.h"
#include "twinstorm/amqp/ports.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFeedback = "/messages/serviceBound/feedback";

class RestCloudMessages : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    void send(std::string_view id, amqp::AckMode ack, Duration life = 1h) {
        amqp::CloudMessage message;
        message.device_id = "gw";
        message.properties.message_id = id;
        message.properties.expiry = anchor.at(loop.now()) + life;
        message.ack = ack;
        bool taken = false;
        hub->messages().send(message, [&taken](const auto& refusal) { taken = !refusal; });
        ASSERT_TRUE(taken);
    }
    // One of each way to ask for feedback.
    void send_all(const std::string& prefix, Duration life = 1h) {
        send(prefix + "-none", amqp::AckMode::kNone, life);
        send(prefix + "-positive", amqp::AckMode::kPositive, life);
        send(prefix + "-negative", amqp::AckMode::kNegative, life);
        send(prefix + "-full", amqp::AckMode::kFull, life);
    }
    // `id status` of each record of the next batch.
    std::string feedback() {
        loop.pass(15s);
        const RestAnswer answer = rest("GET", kFeedback);
        std::string text;
        if (answer.status == 204) {
            return text;
        }
        for (const auto& record : answer.body.as_array()) {
            text += std::string(record.at("originalMessageId").get_string()) + " " +
                    std::string(record.at("statusCode").get_string()) + "\n";
        }
        EXPECT_EQ(rest("DELETE", path_of(answer)).status, 204U);
        return text;
    }
    static std::string path_of(const RestAnswer& answer) {
        return std::string(kFeedback) + "/" + answer.etag.substr(1, answer.etag.size() - 2);
    }
};

TEST_F(RestCloudMessages, TellSuccessToWhomeverAskedForIt) {
    send_all("a");
    auto gateway = online(kGateway);
    gateway->send(subscribe(1, {{"devices/gw/messages/devicebound/#", 1}}));
    EXPECT_EQ(feedback(), "");
    gateway->send(puback(1) + puback(2) + puback(3) + puback(4));
    EXPECT_EQ(feedback(), "a-positive Success\na-full Success\n");
    EXPECT_EQ(feedback(), "");
}

TEST_F(RestCloudMessages, TellFailuresToWhomeverAskedForThem) {
    send_all("a", 10s);
    EXPECT_EQ(feedback(), "");
    EXPECT_EQ(feedback(), "a-negative Expired\na-full Expired\n");
    send_all("b");
    for (int i = 0; i < 10; ++i) {
        auto gateway = online(kGateway);
        gateway->send(subscribe(1, {{"devices/gw/messages/devicebound/#", 1}}));
    }
    EXPECT_EQ(feedback(), "b-negative DeliveryCountExceeded\nb-full DeliveryCountExceeded\n");
}

TEST_F(RestCloudMessages, PurgeAQueue) {
    EXPECT_EQ(rest("DELETE", "/devices/gw/commands").number("/totalMessagesPurged"), 0);
    send_all("a");
    const RestAnswer purged = rest("DELETE", "/devices/gw/commands");
    EXPECT_EQ(purged.status, 200U);
    EXPECT_EQ(purged.number("/totalMessagesPurged"), 4);
    EXPECT_EQ(purged.text("/deviceId"), "gw");
    EXPECT_TRUE(purged.body.at("moduleId").is_null());
    EXPECT_EQ(rest("GET", "/devices/gw").number("/cloudToDeviceMessageCount"), 0);
    EXPECT_EQ(feedback(), "a-negative Purged\na-full Purged\n");
    EXPECT_EQ(rest("DELETE", "/devices/nobody/commands").error_code, "DeviceNotFound");
}

TEST_F(RestCloudMessages, ShowARecordAsDocumented) {
    send("a", amqp::AckMode::kFull);
    ASSERT_EQ(rest("DELETE", "/devices/gw/commands").status, 200U);
    loop.pass(15s);
    const RestAnswer answer = rest("GET", kFeedback);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.content_type, "application/vnd.microsoft.iothub.feedback.json; charset=utf-8");
    EXPECT_EQ(answer.text("/0/originalMessageId"), "a");
    EXPECT_EQ(answer.text("/0/statusCode"), "Purged");
    EXPECT_EQ(answer.text("/0/deviceId"), "gw");
    EXPECT_EQ(answer.text("/0/deviceGenerationId"),
              rest("GET", "/devices/gw").text("/generationId"));
    EXPECT_EQ(answer.text("/0/enqueuedTimeUtc"), "2026-01-01T00:00:00.0000000Z");
}

TEST_F(RestCloudMessages, GiveFeedbackBackAndLoseItsLock) {
    send("a", amqp::AckMode::kFull);
    ASSERT_EQ(rest("DELETE", "/devices/gw/commands").status, 200U);
    loop.pass(15s);
    const RestAnswer first = rest("GET", kFeedback);
    EXPECT_EQ(rest("GET", kFeedback).status, 204U);
    EXPECT_EQ(rest("POST", path_of(first) + "/abandon").status, 204U);
    EXPECT_EQ(rest("POST", path_of(first) + "/abandon").error_code, "DeviceMessageLockLost");
    const RestAnswer second = rest("GET", kFeedback);
    ASSERT_EQ(second.status, 200U);
    const RestAnswer lost = rest("DELETE", path_of(first));
    EXPECT_EQ(lost.status, 412U);
    EXPECT_EQ(lost.error_code, "DeviceMessageLockLost");
    EXPECT_EQ(rest("DELETE", std::string(kFeedback) + "/no-token").status, 412U);
    EXPECT_EQ(rest("DELETE", path_of(second) + "?reject").status, 204U);
    EXPECT_EQ(rest("GET", kFeedback).status, 204U);
}

TEST_F(RestCloudMessages, AreReadByTheAmqpSideToo) {
    int told = 0;
    const auto watch =
        hub->messages().watch_notices(amqp::NoticeKind::kFeedback, [&told] { ++told; });
    send("a", amqp::AckMode::kFull);
    ASSERT_EQ(rest("DELETE", "/devices/gw/commands").status, 200U);
    EXPECT_EQ(told, 0);
    loop.pass(15s);
    EXPECT_EQ(told, 1);
    std::optional<amqp::FeedbackBatch> batch;
    const auto take = [&] {
        batch.reset();
        hub->messages().take_notice(amqp::NoticeKind::kFeedback, [&](auto next) {
            if (next) {
                batch = std::get<amqp::FeedbackBatch>(*std::move(next));
            }
        });
        return batch.has_value();
    };
    ASSERT_TRUE(take());
    EXPECT_EQ(batch->records.front().status, amqp::DeliveryStatus::kPurged);
    hub->messages().settle_notice(amqp::NoticeKind::kFeedback, batch->lock,
                                  amqp::Settlement::kReleased);
    ASSERT_TRUE(take());
    hub->messages().settle_notice(amqp::NoticeKind::kFeedback, batch->lock,
                                  amqp::Settlement::kAccepted);
    EXPECT_FALSE(take());
}

TEST_F(RestCloudMessages, NeedTheRightServiceConnect) {
    const RestOptions reader{.authorization = service_token("registryRead", "AAAA")};
    for (const auto& [method, path] : {std::pair{"DELETE", "/devices/gw/commands"},
                                       {"GET", "/messages/serviceBound/feedback"},
                                       {"DELETE", "/messages/serviceBound/feedback/1"},
                                       {"POST", "/messages/serviceBound/feedback/1/abandon"},
                                       {"POST", "/twins/gw/methods"}}) {
        EXPECT_EQ(rest(method, path, {}, reader).status, 401U) << path;
    }
}

}  // namespace
}  // namespace twinstorm::testing
