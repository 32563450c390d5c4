#include "hub/method_calls.h"

#include <string>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPath = "/twins/gw/modules/agent/methods";
constexpr std::string_view kReboot = R"({"methodName":"reboot","payload":{"in":5}})";
const std::string kCall = "PUBLISH 0 $iothub/methods/POST/reboot/?$rid=";
const PacketBytes kSubscribe = subscribe(1, {{"$iothub/methods/POST/#", 0}});

PacketBytes reply(std::string_view rid, std::string_view body, std::string_view status = "200") {
    return publish("$iothub/methods/res/" + std::string(status) + "/?$rid=" + std::string(rid),
                   body);
}

class MethodCallsTest : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    std::unique_ptr<HubClient> ready(const iothub::IdentityName& name) {
        auto client = online(name);
        client->send(kSubscribe);
        EXPECT_EQ(client->answers(), "SUBACK 1: 0");
        return client;
    }
    void expect_error(const RestAnswer& answer, unsigned status, std::string_view name) {
        EXPECT_EQ(answer.status, status) << name;
        EXPECT_EQ(answer.error_code, name);
    }
};

TEST_F(MethodCallsTest, GoToTheModuleAndBack) {
    auto agent = ready(kAgent);
    const auto answer = ask("POST", kPath, kReboot);
    EXPECT_TRUE(agent->was_woken());
    EXPECT_EQ(agent->answers(), kCall + R"(1 {"in":5})");
    EXPECT_EQ(answer->status, 0U);
    agent->send(reply("1", R"({"done":true})", "-201"));
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(answer->number("/status"), -201);
    EXPECT_EQ(answer->body.at("payload"), (boost::json::object{{"done", true}}));
}

TEST_F(MethodCallsTest, GoToTheDeviceAlone) {
    auto agent = ready(kAgent);
    auto gateway = ready(kGateway);
    const auto answer = ask("POST", "/twins/gw/methods", R"({"methodName":"reboot"})");
    EXPECT_EQ(agent->answers(), "");
    EXPECT_EQ(gateway->answers(), kCall + "1 ");
    agent->send(reply("1", "{}"));  // Not its call to answer.
    EXPECT_EQ(answer->status, 0U);
    gateway->send(reply("2", "{}") + reply("x", "{}") + reply("1", ""));
    EXPECT_EQ(answer->status, 200U);
    EXPECT_TRUE(answer->body.at("payload").is_null());
    gateway->send(reply("1", "{}"));  // Once is enough.
    EXPECT_TRUE(gateway->open());
    EXPECT_TRUE(agent->open());
}

TEST_F(MethodCallsTest, TakeAnyJsonForAPayload) {
    auto agent = ready(kAgent);
    int rid = 0;
    for (const std::string payload : {"null", "0", "\"text\"", "[1,{}]", "true"}) {
        const auto answer =
            ask("POST", kPath, R"({"methodName":"reboot","payload":)" + payload + "}");
        const std::string number = std::to_string(++rid);
        EXPECT_EQ(agent->answers(), kCall + number + " " + payload);
        agent->send(reply(number, payload));
        ASSERT_EQ(answer->status, 200U) << payload;
        EXPECT_EQ(boost::json::serialize(answer->body.at("payload")), payload);
    }
}

TEST_F(MethodCallsTest, RefuseABadBody) {
    auto agent = ready(kAgent);
    const std::string long_name(1025, 'x');
    for (const std::string& body :
         {std::string(), std::string("x"), std::string("[]"), std::string("{}"),
          std::string(R"({"methodName":""})"), std::string(R"({"methodName":5})"),
          std::string(R"({"methodName":"a/b"})"), std::string(R"({"methodName":"a#"})"),
          R"({"methodName":")" + long_name + R"("})",
          std::string(R"({"methodName":"a","responseTimeoutInSeconds":4})"),
          std::string(R"({"methodName":"a","responseTimeoutInSeconds":301})"),
          std::string(R"({"methodName":"a","responseTimeoutInSeconds":"30"})"),
          std::string(R"({"methodName":"a","responseTimeoutInSeconds":5.5})"),
          std::string(R"({"methodName":"a","connectTimeoutInSeconds":-1})"),
          std::string(R"({"methodName":"a","connectTimeoutInSeconds":301})")}) {
        expect_error(rest("POST", kPath, body), 400, "ArgumentInvalid");
    }
    EXPECT_EQ(agent->answers(), "");
}

TEST_F(MethodCallsTest, LimitThePayloadBothWays) {
    auto agent = ready(kAgent);
    const std::string fits(hub::kMethodPayloadBytesMax - 2, 'x');
    const auto body = [](const std::string& text) {
        return R"({"methodName":"reboot","payload":")" + text + R"("})";
    };
    expect_error(rest("POST", kPath, body(fits + "x")), 413, "MessageTooLarge");
    const auto good = ask("POST", kPath, body(fits));
    EXPECT_EQ(agent->answers(), kCall + "1 \"" + fits + "\"");
    agent->send(reply("1", "\"" + fits + "\""));
    EXPECT_EQ(good->status, 200U);
    const auto large = ask("POST", kPath, kReboot);
    agent->send(reply("2", "\"" + fits + "x\""));
    expect_error(*large, 502, "GenericBadGateway");
    const auto no_json = ask("POST", kPath, kReboot);
    agent->send(reply("3", "{"));
    expect_error(*no_json, 502, "GenericBadGateway");
    EXPECT_TRUE(agent->open());
}

TEST_F(MethodCallsTest, NameWhoIsNotThere) {
    expect_error(rest("POST", "/twins/nobody/methods", kReboot), 404, "DeviceNotFound");
    expect_error(rest("POST", "/twins/gw/modules/no/methods", kReboot), 404, "ModuleNotFound");
    expect_error(rest("POST", kPath, kReboot), 404, "DeviceNotOnline");
    auto agent = online(kAgent);  // Connected, but not subscribed.
    const RestAnswer deaf = rest("POST", kPath, kReboot);
    expect_error(deaf, 404, "DeviceNotOnline");
    EXPECT_NE(deaf.text("/Message").find("\"errorCode\":404103"), std::string::npos);
    EXPECT_EQ(agent->answers(), "");
}

TEST_F(MethodCallsTest, TimeOutWithoutAReply) {
    auto agent = ready(kAgent);
    const auto quick =
        ask("POST", kPath, R"({"methodName":"reboot","responseTimeoutInSeconds":5})");
    const auto plain = ask("POST", kPath, kReboot);
    loop.pass(5s - 1ns);
    EXPECT_EQ(quick->status, 0U);
    loop.pass(1ns);
    expect_error(*quick, 504, "GatewayTimeout");
    agent->send(reply("1", "{}"));  // Late.
    EXPECT_TRUE(agent->open());
    loop.pass(25s);
    expect_error(*plain, 504, "GatewayTimeout");
}

TEST_F(MethodCallsTest, WaitForTheDeviceToConnectAndSubscribe) {
    constexpr std::string_view kPatient =
        R"({"methodName":"reboot","connectTimeoutInSeconds":20,"responseTimeoutInSeconds":5})";
    const auto answer = ask("POST", kPath, kPatient);
    loop.pass(10s);
    auto agent = online(kAgent);
    loop.pass(9s);
    EXPECT_EQ(answer->status, 0U);
    agent->send(kSubscribe);
    EXPECT_EQ(agent->answers(), "SUBACK 1: 0\n" + kCall + "1 ");
    loop.pass(5s - 1ns);  // The time for the answer begins with the call.
    EXPECT_EQ(answer->status, 0U);
    agent->send(reply("1", "7"));
    EXPECT_EQ(answer->status, 200U);

    agent->send(unsubscribe(2, {"$iothub/methods/POST/#"}));
    ASSERT_EQ(agent->answers(), "UNSUBACK 2");
    const auto in_vain = ask("POST", kPath, kPatient);
    agent->lose();  // Who waits for the device goes on waiting.
    loop.pass(20s - 1ns);
    EXPECT_EQ(in_vain->status, 0U);
    loop.pass(1ns);
    expect_error(*in_vain, 404, "DeviceNotOnline");
}

TEST_F(MethodCallsTest, FindThePersistedSubscription) {
    ConnectOptions options = connect_options(kAgent);
    options.clean_session = false;
    client().send(connect(options) + kSubscribe + disconnect());
    const auto answer =
        ask("POST", kPath, R"({"methodName":"reboot","connectTimeoutInSeconds":300})");
    HubClient agent(loop, *hub);
    EXPECT_EQ(agent.send(connect(options)).answers(), "CONNACK 0 present\n" + kCall + "1 ");
    agent.send(reply("1", "{}"));
    EXPECT_EQ(answer->status, 200U);
}

TEST_F(MethodCallsTest, EndWithTheConnection) {
    auto agent = ready(kAgent);
    const auto lost = ask("POST", kPath, kReboot);
    agent->lose();
    expect_error(*lost, 404, "DeviceNotOnline");
    EXPECT_NE(lost->text("/Message").find("device unavailable"), std::string::npos);

    auto older = ready(kAgent);
    const auto taken_over = ask("POST", kPath, kReboot);
    auto newer = ready(kAgent);
    expect_error(*taken_over, 404, "DeviceNotOnline");

    const auto deleted = ask("POST", kPath, kReboot);
    ASSERT_EQ(rest("DELETE", "/devices/gw/modules/agent").status, 204U);
    expect_error(*deleted, 404, "DeviceNotOnline");
}

TEST_F(MethodCallsTest, AreLimitedForEachIdentity) {
    auto agent = ready(kAgent);
    auto gateway = ready(kGateway);
    std::shared_ptr<const RestAnswer> first;
    for (std::size_t i = 0; i < hub::kMethodsInFlightMax; ++i) {
        const auto answer = ask("POST", kPath, kReboot);
        first = first == nullptr ? answer : first;
        EXPECT_EQ(answer->status, 0U);
    }
    expect_error(rest("POST", kPath, kReboot), 403, "DeviceMaximumInflightMethodExceeded");
    const auto other = ask("POST", "/twins/gw/methods", kReboot);
    EXPECT_EQ(other->status, 0U);
    agent->send(reply("1", "{}"));
    EXPECT_EQ(first->status, 200U);
    EXPECT_EQ(ask("POST", kPath, kReboot)->status, 0U);
}

TEST_F(MethodCallsTest, ThatCannotBeWrittenEndTheConnectionAlone) {
    auto agent = ready(kAgent);  // It reads nothing.
    const std::string body = R"({"methodName":"reboot","payload":")" +
                             std::string(hub::kMethodPayloadBytesMax - 2, 'x') + R"("})";
    std::vector<std::shared_ptr<const RestAnswer>> answers;
    while (agent->open() && answers.size() < hub::kMethodsInFlightMax) {
        answers.push_back(ask("POST", kPath, body));
    }
    EXPECT_FALSE(agent->open());
    EXPECT_EQ(answers.size(), hub::kOutgoingBytesMax / hub::kMethodPayloadBytesMax);
    for (const auto& answer : answers) {
        expect_error(*answer, 404, "DeviceNotOnline");
    }
}

TEST_F(MethodCallsTest, AreForgottenWithTheHub) {
    auto agent = ready(kAgent);
    const auto answer = ask("POST", kPath, kReboot);
    hub.reset();
    agent->send(reply("1", "{}"));
    EXPECT_EQ(answer->status, 0U);
}

TEST(MethodCallsOfTwoLoops, CrossThem) {
    HubFixture fixture(hub::Options{}, 2);
    for (const char* const id : {"d0", "d1", "d2", "d3"}) {
        const std::string device = "/devices/" + std::string(id);
        ASSERT_EQ(fixture.rest("PUT", device, "{}").status, 200U);
        HubClient client(fixture.loop, *fixture.hub);
        client.send(HubFixture::connect(fixture.connect_options({id, ""})) + kSubscribe);
        fixture.settle();
        ASSERT_EQ(client.answers(), "CONNACK 0\nSUBACK 1: 0") << id;
        const auto answer = fixture.ask("POST", "/twins/" + std::string(id) + "/methods", kReboot);
        const std::string call = client.answers();
        ASSERT_TRUE(call.starts_with(kCall)) << call;
        const std::string rid =
            call.substr(kCall.size(), call.find(' ', kCall.size()) - kCall.size());
        client.send(reply(rid, "{}"));
        fixture.settle();
        EXPECT_EQ(answer->status, 200U) << id;
    }
}

}  // namespace
}  // namespace twinstorm::testing
