#include "dps/dps_conversation.h"

#include <string>

#include <gtest/gtest.h>

#include "dps/dps_fixture.h"
#include "dps/limits.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::dps {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFilter = "$dps/registrations/res/#";
constexpr std::string_view kRegister = "$dps/registrations/PUT/iotdps-register/?$rid=r1";

std::string at(const boost::json::value& body, std::string_view pointer) {
    boost::json::error_code error;
    const auto* value = body.find_pointer(pointer, error);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

TEST(DpsConversation, ADeviceIsToldItsHubAtTheSecondAnswer) {
    DpsFixture fixture;
    const auto device = fixture.online("dev-0001");
    EXPECT_EQ(device->ask_to_register(R"({"registrationId":"dev-0001"})").answers(),
              "puback 9\npublish $dps/registrations/res/202/?$rid=r1&retry-after=3\n");
    EXPECT_EQ(at(device->body(), "/status"), "assigning");
    const std::string operation = at(device->body(), "/operationId");
    fixture.loop.pass(3s);
    EXPECT_EQ(device->poll(operation).answers(),
              "puback 9\npublish $dps/registrations/res/200/?$rid=r2\n");
    const auto body = device->body();
    EXPECT_EQ(at(body, "/operationId"), operation);
    EXPECT_EQ(at(body, "/status"), "assigned");
    EXPECT_EQ(at(body, "/registrationState/registrationId"), "dev-0001");
    EXPECT_EQ(at(body, "/registrationState/deviceId"), "dev-0001");
    EXPECT_EQ(at(body, "/registrationState/status"), "assigned");
    EXPECT_EQ(at(body, "/registrationState/substatus"), "initialAssignment");
    EXPECT_EQ(at(body, "/registrationState/createdDateTimeUtc"), "2026-01-01T00:00:00.0000000Z");
    EXPECT_FALSE(at(body, "/registrationState/etag").empty());
    ASSERT_EQ(fixture.registrar.asked.size(), 1U);
    const Assignment& asked = fixture.registrar.asked[0];
    EXPECT_EQ(at(body, "/registrationState/assignedHub"), asked.hub);
    EXPECT_EQ(asked.credentials.kind, DeviceCredentials::Kind::kSas);
    EXPECT_EQ(asked.credentials.primary_key, "cdGysxvdpBRmPWq+ds9aCdcRf8ScvRkDyZisOt2DQV4=");
    EXPECT_EQ(device->unsubscribe(kFilter).answers(), "unsuback\n");
    EXPECT_TRUE(device->open());
}

TEST(DpsConversation, WhileTheHubThinksThePollIs202) {
    DpsFixture fixture;
    fixture.registrar.at_once = false;
    const auto device = fixture.online("dev-0001");
    (void)device->ask_to_register("").answers();
    const std::string operation = at(device->body(), "/operationId");
    (void)device->poll(operation).answers();
    EXPECT_EQ(device->topic(), "$dps/registrations/res/202/?$rid=r2&retry-after=3");
    // A second request joins the first.
    (void)device->ask_to_register("").answers();
    EXPECT_EQ(at(device->body(), "/operationId"), operation);
    fixture.registrar.answer(fail(ErrorCode::kExhausted, "the hub is full"), fixture.loop.now());
    (void)device->poll(operation).answers();
    EXPECT_EQ(device->topic(), "$dps/registrations/res/200/?$rid=r2");
    EXPECT_EQ(at(device->body(), "/status"), "failed");
    EXPECT_EQ(at(device->body(), "/registrationState/errorMessage"), "the hub is full");
    EXPECT_EQ(fixture.service->statistics().failed, 1U);
}

TEST(DpsConversation, TheTokenOfTheFactSheetAndTheUnencodedResourceOpen) {
    DpsFixture fixture;
    DpsClient device(fixture);
    device.connect({.id = "dev-0001",
                    .password = "SharedAccessSignature sr=0ne00000000%2Fregistrations%2Fdev-0001"
                                "&sig=AeUQJRtDeg30ycWEFt1KLMSPiVd12DoomDl61PNNz7o%3D"
                                "&se=1893456000&skn=registration"});
    EXPECT_EQ(device.answers(), "connack 0\n");
    // Signed as the Node package does: over `scope/registrations/id`, not encoded.
    DpsClient node(fixture);
    node.connect({.id = "dev-0001", .password = fixture.group_token("dev-0001")});
    EXPECT_EQ(node.answers(), "connack 0\n");
}

TEST(DpsConversation, WhoeverProvesNothingIsRefused) {
    DpsFixture fixture;
    const std::string good = fixture.group_token("dev-1");
    std::string other_policy = good;
    other_policy.replace(other_policy.find("skn=registration"), 16, "skn=iothubowner");
    const ConnectWish wishes[] = {
        {.id = "dev-1", .password = {}},
        {.id = "dev-1", .password = "secret"},
        {.id = "dev-1", .password = fixture.group_token("dev-2")},
        {.id = "dev-1", .password = fixture.device_token("dev-1", kGroupKey)},
        {.id = "dev-1", .password = other_policy},
        {.id = "dev-1", .password = good, .client_id = "dev-2"},
        {.id = "dev-1", .password = good, .user_name = "other/registrations/dev-1/api-version=1"},
        {.id = "dev-1", .password = good, .user_name = "nonsense"},
        {.id = "dev 1", .password = fixture.group_token("dev 1")},
    };
    for (const ConnectWish& wish : wishes) {
        DpsClient device(fixture);
        EXPECT_EQ(device.connect(wish).answers(), "connack 5\n") << wish.password;
        EXPECT_FALSE(device.open());
    }
    DpsClient old(fixture);
    EXPECT_EQ(old.connect({.id = "dev-1", .password = good, .level = 3}).answers(), "connack 1\n");
    EXPECT_EQ(fixture.service->statistics().connections_refused, std::size(wishes) + 1);
    fixture.loop.pass(1h + 61s);
    DpsClient late(fixture);
    EXPECT_EQ(late.connect({.id = "dev-1", .password = good}).answers(), "connack 5\n");
    EXPECT_EQ(fixture.lines.back(), "dps: refused dev-1: the token has expired");
}

TEST(DpsConversation, RulesBrokenCloseTheConnection) {
    struct Breach {
        const char* rule;
        void (*commit)(DpsClient& device);
    };
    const Breach breaches[] = {
        {"unknown-topic", [](DpsClient& d) { d.publish("$iothub/twin/GET/?$rid=1", ""); }},
        {"unknown-topic", [](DpsClient& d) { d.publish("$dps/registrations/PUT/x", ""); }},
        {"unknown-filter", [](DpsClient& d) { d.subscribe("$dps/#"); }},
        {"qos-2", [](DpsClient& d) { d.publish(kRegister, "", 2); }},
        {"message-too-large",
         [](DpsClient& d) { d.ask_to_register(std::string(kMessageBytesMax + 1, ' ')); }},
        {"malformed-packet",
         [](DpsClient& d) {
             d.bytes({std::byte{0xFF}, std::byte{0}});
         }},
        {"unexpected-packet",
         [](DpsClient& d) {
             std::vector<std::byte> raw;
             mqtt::write(raw, mqtt::PingResp{});
             d.bytes(raw);
         }},
        {"second-connect", [](DpsClient& d) { d.connect({.id = "dev-1", .password = "x"}); }},
    };
    for (const Breach& breach : breaches) {
        DpsFixture fixture;
        const auto device = fixture.online("dev-1");
        breach.commit(*device);
        EXPECT_FALSE(device->open()) << breach.rule;
        ASSERT_FALSE(fixture.lines.empty());
        EXPECT_EQ(fixture.lines.back().rfind("dps: closed dev-1: " + std::string(breach.rule), 0),
                  0U)
            << fixture.lines.back();
    }
}

TEST(DpsConversation, NothingComesBeforeConnect) {
    DpsFixture fixture;
    DpsClient device(fixture);
    device.subscribe(kFilter);
    EXPECT_FALSE(device.open());
    DpsClient silent(fixture);
    fixture.loop.pass(kConnectTimeMax);
    EXPECT_FALSE(silent.open());
}

TEST(DpsConversation, SilenceAndExpiredTokensEndIt) {
    DpsFixture fixture;
    DpsClient silent(fixture);
    silent.connect({.id = "dev-1", .password = fixture.group_token("dev-1"), .keep_alive = 10});
    fixture.loop.pass(14s);
    EXPECT_TRUE(silent.open());
    fixture.loop.pass(1s);
    EXPECT_FALSE(silent.open());

    DpsClient device(fixture);
    device.connect({.id = "dev-1", .password = fixture.group_token("dev-1"), .keep_alive = 0});
    std::vector<std::byte> ping;
    mqtt::write(ping, mqtt::PingReq{});
    for (int i = 0; i < 4; ++i) {
        fixture.loop.pass(15min);
        EXPECT_TRUE(device.bytes(ping).open());
    }
    fixture.loop.pass(5min);  // An hour of life, and the grace.
    EXPECT_FALSE(device.open());
}

TEST(DpsConversation, SubscriptionsAreGrantedAtMostAtQos1) {
    DpsFixture fixture;
    DpsClient device(fixture);
    device.connect({.id = "dev-1", .password = fixture.group_token("dev-1")});
    EXPECT_EQ(device.subscribe(kFilter, 2).answers(), "connack 0\nsuback 1\n");
    EXPECT_EQ(device.subscribe(kFilter, 0).answers(), "suback 0\n");
}

TEST(DpsConversation, WithoutASubscriptionTheAnswerIsLostAndTheWorkDone) {
    DpsFixture fixture;
    const auto device = fixture.online("dev-1");
    (void)device->unsubscribe(kFilter).answers();
    EXPECT_EQ(device->ask_to_register().answers(), "puback 9\n");
    EXPECT_EQ(fixture.registrar.asked.size(), 1U);
}

TEST(DpsConversation, FaultsHaveAJsonBody) {
    DpsFixture fixture;
    const auto device = fixture.online("dev-1");
    (void)device->poll("5.x").answers();
    EXPECT_EQ(device->topic(), "$dps/registrations/res/404/?$rid=r2");
    EXPECT_EQ(device->body().at("errorCode"), 404202);
    EXPECT_FALSE(at(device->body(), "/trackingId").empty());
    EXPECT_FALSE(at(device->body(), "/message").empty());
    EXPECT_FALSE(at(device->body(), "/timestampUtc").empty());
    for (const char* bad :
         {"[]", "{", R"({"registrationId":"dev-2"})", R"({"registrationId":7})"}) {
        (void)device->ask_to_register(bad).answers();
        EXPECT_EQ(device->topic(), "$dps/registrations/res/400/?$rid=r1") << bad;
        EXPECT_EQ(device->body().at("errorCode"), 400004);
    }
    EXPECT_EQ(fixture.rest("DELETE", "/enrollmentGroups/default").status, 204U);
    (void)device->ask_to_register().answers();
    EXPECT_EQ(device->topic(), "$dps/registrations/res/404/?$rid=r1");
    EXPECT_EQ(device->body().at("errorCode"), 404201);
}

TEST(DpsConversation, APollerInAHurryIsThrottled) {
    DpsFixture fixture;
    fixture.registrar.at_once = false;
    const auto device = fixture.online("dev-1");
    (void)device->ask_to_register().answers();
    const std::string operation = at(device->body(), "/operationId");
    for (std::uint32_t i = 0; i < kDeviceRequestsMax; ++i) {
        (void)device->poll(operation).answers();
        EXPECT_EQ(device->topic(), "$dps/registrations/res/202/?$rid=r2&retry-after=3");
    }
    (void)device->poll(operation).answers();
    EXPECT_EQ(device->topic(), "$dps/registrations/res/429/?$rid=r2&retry-after=10");
    EXPECT_EQ(device->body().at("errorCode"), 429001);
    fixture.loop.pass(kDeviceWindow);
    (void)device->poll(operation).answers();
    EXPECT_EQ(device->topic(), "$dps/registrations/res/202/?$rid=r2&retry-after=3");
    EXPECT_EQ(fixture.service->statistics().throttled, 1U);
}

TEST(DpsConversation, OutlivesTheService) {
    DpsFixture fixture;
    fixture.registrar.at_once = false;
    const auto device = fixture.online("dev-1");
    (void)device->ask_to_register().answers();
    fixture.service.reset();
    EXPECT_FALSE(device->open());
    EXPECT_EQ(device->poll("x").answers(), "");
    fixture.registrar.answer(Assigned{std::string(kHub)}, fixture.loop.now());  // Too late for it.
}

TEST(DpsConversation, BytesInPiecesAreTheSame) {
    DpsFixture fixture;
    const std::string token = fixture.group_token("dev-1");
    const std::string user = std::string(kScope) + "/registrations/dev-1/api-version=2019-03-31";
    mqtt::Connect packet;
    packet.client_id = "dev-1";
    packet.user_name = user;
    packet.password = std::as_bytes(std::span(token));
    std::vector<std::byte> raw;
    mqtt::write(raw, packet);
    DpsClient device(fixture);
    for (const std::byte one : raw) {
        device.bytes({one});
    }
    EXPECT_EQ(device.answers(), "connack 0\n");
}

}  // namespace
}  // namespace twinstorm::dps
