#include "hub/rest_digital_twins.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

class RestDigitalTwins : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    // The desired properties after a JSON Patch, as the device sees them.
    std::string desired_after(std::string_view operations) {
        EXPECT_EQ(rest("PATCH", "/digitaltwins/gw", operations).status, 202u) << operations;
        auto gateway = online(kGateway, true);
        static_cast<void>(gateway->answers());
        gateway->send(publish("$iothub/twin/GET/?$rid=1", ""));
        const std::string answer = gateway->answers();
        const std::size_t begin = answer.find(R"({"desired":)") + 11;
        return answer.substr(begin, answer.find(R"(,"reported")") - begin);
    }

    void report(std::string_view patch) {
        auto gateway = online(kGateway);
        gateway->send(publish("$iothub/twin/PATCH/properties/reported/?$rid=1", patch));
    }

    // A gateway that answers each command with its topic's method, and status 201.
    std::unique_ptr<HubClient> obedient() {
        auto gateway = online(kGateway);
        gateway->send(subscribe(1, {{"$iothub/methods/POST/#", 0}}));
        static_cast<void>(gateway->answers());
        return gateway;
    }
};

TEST_F(RestDigitalTwins, ShowsWhatWasReportedAndTheModel) {
    ConnectOptions options = connect_options(kGateway);
    options.user_name += "&model-id=dtmi%3Acom%3Aexample%3AThermostat%3B1";
    HubClient device(loop, *hub);
    device.send(connect(options))
        .send(publish("$iothub/twin/PATCH/properties/reported/?$rid=1", R"({"temperature":21})"));
    const RestAnswer view = rest("GET", "/digitaltwins/gw");
    EXPECT_EQ(view.text("/$dtId"), "gw");
    EXPECT_EQ(view.text("/$metadata/$model"), "dtmi:com:example:Thermostat;1");
    EXPECT_EQ(view.number("/temperature"), 21);
    EXPECT_EQ(view.etag, "\"AAAAAAAAAAE=\"");
    EXPECT_EQ(rest("GET", "/digitaltwins/none").error_code, "DeviceNotFound");
}

TEST_F(RestDigitalTwins, APatchIsCarriedOutOnDesired) {
    EXPECT_EQ(desired_after(R"([{"op":"add","path":"/target","value":21}])"),
              R"({"target":21,"$version":2})");
    EXPECT_EQ(desired_after(R"([{"op":"replace","path":"/target","value":{"a":1,"b":2}},)"
                            R"({"op":"add","path":"/mode","value":"eco"}])"),
              R"({"target":{"a":1,"b":2},"mode":"eco","$version":3})");
    EXPECT_EQ(desired_after(R"([{"op":"replace","path":"/target","value":{"b":3}}])"),
              R"({"target":{"b":3},"mode":"eco","$version":4})")
        << "a replacement keeps nothing";
    EXPECT_EQ(desired_after(R"([{"op":"remove","path":"/mode"}])"),
              R"({"target":{"b":3},"$version":5})");
    EXPECT_EQ(desired_after(R"([{"op":"add","path":"/a~1b~0c","value":1}])"),
              R"({"target":{"b":3},"a/b~c":1,"$version":6})");
}

TEST_F(RestDigitalTwins, ComponentsCarryTheirMark) {
    EXPECT_EQ(desired_after(R"([{"op":"add","path":"/sensor","value":{"$metadata":{},"x":1}}])"),
              R"({"sensor":{"x":1,"__t":"c"},"$version":2})");
    EXPECT_EQ(desired_after(R"([{"op":"replace","path":"/sensor/x","value":2}])"),
              R"({"sensor":{"x":2,"__t":"c"},"$version":3})");
    report(R"({"valve":{"__t":"c","open":true}})");
    EXPECT_EQ(desired_after(R"([{"op":"add","path":"/valve/target","value":5}])"),
              R"({"sensor":{"x":2,"__t":"c"},"valve":{"target":5,"__t":"c"},"$version":4})");
    EXPECT_EQ(desired_after(R"([{"op":"add","path":"/plain/target","value":5},)"
                            R"({"op":"remove","path":"/valve"},{"op":"remove","path":"/sensor"}])"),
              R"({"plain":{"target":5},"$version":5})");
}

TEST_F(RestDigitalTwins, WhatIsNoPatchChangesNothing) {
    for (const char* body :
         {"", "{}", "1", "[1]", "[{}]", R"([{"op":"add","path":"/a"}])",
          R"([{"op":"add","path":"a","value":1}])", R"([{"op":"add","path":"","value":1}])",
          R"([{"op":"add","path":"/a//b","value":1}])", R"([{"op":"add","path":"/a/","value":1}])",
          R"([{"op":"add","path":"/a~2","value":1}])", R"([{"op":"test","path":"/a","value":1}])",
          R"([{"op":1,"path":"/a","value":1}])", R"([{"op":"add","path":"/a.b","value":1}])",
          R"([{"op":"add","path":"/a","value":1},{"op":"move","path":"/a","from":"/b"}])"}) {
        const RestAnswer answer = rest("PATCH", "/digitaltwins/gw", body);
        EXPECT_EQ(answer.status, 400u) << body;
        EXPECT_EQ(answer.error_code, "ArgumentInvalid") << body;
    }
    EXPECT_EQ(rest("GET", "/twins/gw").number("/properties/desired/$version"), 1);
    EXPECT_EQ(rest("PATCH", "/digitaltwins/none", "[]").error_code, "DeviceNotFound");
    EXPECT_EQ(rest("PATCH", "/digitaltwins/gw", R"([{"op":"remove","path":"/a"}])",
                   {.if_match = "\"AAAAAAAAAAk=\""})
                  .status,
              412u);
}

TEST_F(RestDigitalTwins, ACommandIsAMethod) {
    auto gateway = obedient();
    auto answer = ask("POST", "/digitaltwins/gw/commands/reboot", R"({"delay":5})");
    const std::string call = gateway->answers();
    EXPECT_TRUE(call.starts_with("PUBLISH 0 $iothub/methods/POST/reboot/?$rid=")) << call;
    EXPECT_TRUE(call.ends_with(R"( {"delay":5})")) << call;
    const std::string rid = call.substr(call.find("$rid=") + 5, 1);
    gateway->send(publish("$iothub/methods/res/201/?$rid=" + rid, R"({"done":true})"));
    EXPECT_EQ(answer->status, 200u);
    EXPECT_TRUE(answer->body.at("done").as_bool());
    EXPECT_EQ(answer->command_status, "201");
}

TEST_F(RestDigitalTwins, ACommandOfAComponentNamesIt) {
    auto gateway = obedient();
    const auto answer = ask("POST", "/digitaltwins/gw/components/valve/commands/open");
    EXPECT_TRUE(gateway->answers().starts_with("PUBLISH 0 $iothub/methods/POST/valve*open/?$rid="));
    loop.pass(31s);
    EXPECT_EQ(answer->error_code, "GatewayTimeout");
}

TEST_F(RestDigitalTwins, CommandsKnowTheLimitsOfMethods) {
    const auto error_of = [this](std::string_view path, std::string_view body = "1") {
        return rest("POST", path, body).error_code;
    };
    EXPECT_EQ(error_of("/digitaltwins/gw/commands/m"), "DeviceNotOnline");
    EXPECT_EQ(error_of("/digitaltwins/none/commands/m"), "DeviceNotFound");
    EXPECT_EQ(error_of("/digitaltwins/gw/commands/m", "{"), "ArgumentInvalid");
    EXPECT_EQ(error_of("/digitaltwins/gw/commands/m?responseTimeoutInSeconds=4"),
              "ArgumentInvalid");
    EXPECT_EQ(error_of("/digitaltwins/gw/commands/m?connectTimeoutInSeconds=x"), "ArgumentInvalid");
    const auto patient = ask("POST", "/digitaltwins/gw/commands/m?connectTimeoutInSeconds=10", "1");
    EXPECT_EQ(patient->status, 0u);
    loop.pass(11s);
    EXPECT_EQ(patient->error_code, "DeviceNotOnline");
}

}  // namespace
}  // namespace twinstorm::testing
