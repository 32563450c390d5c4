#include "hub/rest_twins.h"

#include <string>

#include <gtest/gtest.h>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

class RestTwins : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    void expect_error(const RestAnswer& answer, unsigned status, std::string_view name) {
        EXPECT_EQ(answer.status, status) << name;
        EXPECT_EQ(answer.error_code, name);
    }
};

TEST_F(RestTwins, ShowsAFreshTwin) {
    const RestAnswer twin = rest("GET", "/twins/gw/modules/agent");
    EXPECT_EQ(twin.status, 200U);
    EXPECT_EQ(twin.text("/deviceId"), "gw");
    EXPECT_EQ(twin.text("/moduleId"), "agent");
    EXPECT_EQ(twin.text("/etag"), "AAAAAAAAAAE=");
    EXPECT_EQ(twin.number("/version"), 2);
    EXPECT_EQ(twin.text("/deviceEtag"), rest("GET", "/devices/gw/modules/agent").text("/etag"));
    EXPECT_EQ(twin.text("/connectionState"), "Disconnected");
    EXPECT_EQ(twin.text("/authenticationType"), "sas");
    EXPECT_EQ(twin.text("/status"), "enabled");
}

TEST_F(RestTwins, PatchesAndReplacesModulesAndDevices) {
    for (const std::string path : {"/twins/gw", "/twins/gw/modules/agent"}) {
        const RestAnswer patched = rest(
            "PATCH", path, R"({"tags":{"site":"a"},"properties":{"desired":{"x":{"y":1,"z":2}}}})");
        EXPECT_EQ(patched.status, 200U);
        EXPECT_EQ(patched.text("/tags/site"), "a");
        EXPECT_EQ(patched.text("/etag"), "AAAAAAAAAAI=");
        EXPECT_EQ(patched.number("/properties/desired/$version"), 2);
        const RestAnswer merged =
            rest("PATCH", path, R"({"properties":{"desired":{"x":{"y":null}}}})");
        EXPECT_EQ(merged.number("/properties/desired/x/z"), 2);
        EXPECT_EQ(merged.number("/properties/desired/x/y"), -1);
        const RestAnswer replaced =
            rest("PUT", path, R"({"properties":{"desired":{"only":true}}})");
        EXPECT_EQ(replaced.status, 200U);
        EXPECT_TRUE(replaced.body.at_pointer("/properties/desired/only").as_bool());
        EXPECT_EQ(replaced.number("/properties/desired/x/z"), -1);
        EXPECT_EQ(replaced.text("/tags/site"), "");
        EXPECT_EQ(rest("GET", path).body, replaced.body);
    }
}

TEST_F(RestTwins, ChecksTheEtag) {
    const std::string body = R"({"tags":{"a":1}})";
    expect_error(rest("PATCH", "/twins/gw", body, {.if_match = "\"AAAAAAAAAAI=\""}), 412,
                 "PreconditionFailed");
    EXPECT_EQ(rest("PATCH", "/twins/gw", body, {.if_match = "\"AAAAAAAAAAE=\""}).status, 200U);
    EXPECT_EQ(rest("PATCH", "/twins/gw", body, {.if_match = "AAAAAAAAAAI="}).status, 200U);
    EXPECT_EQ(rest("PATCH", "/twins/gw", body, {.if_match = "\"*\""}).status, 200U);
    expect_error(rest("PUT", "/twins/gw", body, {.if_match = "\"AAAAAAAAAAE=\""}), 412,
                 "PreconditionFailed");
}

TEST_F(RestTwins, NamesWhatIsMissing) {
    for (const std::string method : {"GET", "PATCH", "PUT"}) {
        expect_error(rest(method, "/twins/none", "{}"), 404, "DeviceNotFound");
        expect_error(rest(method, "/twins/gw/modules/none", "{}"), 404, "ModuleNotFound");
        expect_error(rest(method, "/twins/none/modules/agent", "{}"), 404, "DeviceNotFound");
    }
}

TEST_F(RestTwins, RefusesBadBodiesWhole) {
    for (const std::string& body :
         {std::string(), std::string("{"), std::string("[]"), std::string(R"({"tags":7})"),
          std::string(R"({"properties":{"desired":{"a b":1}}})"),
          R"({"tags":{"a":1},"properties":{"desired":{"big":")" + std::string(4097, 'x') +
              R"("}}})"}) {
        expect_error(rest("PATCH", "/twins/gw", body), 400, "ArgumentInvalid");
    }
    const RestAnswer twin = rest("GET", "/twins/gw");
    EXPECT_EQ(twin.number("/version"), 2);
    EXPECT_EQ(twin.number("/tags/a"), -1);
    EXPECT_EQ(status("/twins/refused"), 6);
}

TEST_F(RestTwins, ShowsItsIdentity) {
    ASSERT_EQ(rest("PUT", "/devices/x",
                   R"({"status":"disabled","statusReason":"broken","authentication":)"
                   R"({"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"AA",)"
                   R"("secondaryThumbprint":"BB"}}})")
                  .status,
              200U);
    const RestAnswer twin = rest("GET", "/twins/x");
    EXPECT_EQ(twin.text("/authenticationType"), "selfSigned");
    EXPECT_EQ(twin.text("/x509Thumbprint/primaryThumbprint"), "AA");
    EXPECT_EQ(twin.text("/x509Thumbprint/secondaryThumbprint"), "BB");
    EXPECT_EQ(twin.text("/status"), "disabled");
    EXPECT_EQ(twin.text("/statusReason"), "broken");
    ASSERT_EQ(rest("PUT", "/devices/x", "{}", {.if_match = "*"}).status, 200U);
    EXPECT_TRUE(rest("GET", "/twins/x").text("/statusUpdateTime").starts_with("2026-01-01"));
}

TEST_F(RestTwins, TakesTheModelOfTheConnection) {
    ConnectOptions options = connect_options(kGateway);
    options.user_name += "&model-id=dtmi%3Acom%3Aexample%3AThermostat%3B1";
    HubClient device(loop, *hub);
    device.send(connect(options))
        .send(publish("$iothub/twin/PATCH/properties/reported/?$rid=1", R"({"temperature":21})"));
    EXPECT_EQ(rest("GET", "/twins/gw").text("/modelId"), "dtmi:com:example:Thermostat;1");
}

TEST_F(RestTwins, ShowsWhoIsConnected) {
    const auto agent = online(kAgent);
    EXPECT_EQ(rest("GET", "/twins/gw/modules/agent").text("/connectionState"), "Connected");
    EXPECT_EQ(rest("GET", "/twins/gw").text("/connectionState"), "Disconnected");
}

}  // namespace
}  // namespace twinstorm::testing
