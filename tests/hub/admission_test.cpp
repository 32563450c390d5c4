#include <string>

#include <gtest/gtest.h>

#include "hub/policies.h"
#include "support/hub_fixture.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

class Admission : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    // CONNACK, whether the connection lives on, and the rule that was counted.
    void expect_refused(const ConnectOptions& options, std::string_view rule, int code = 5) {
        HubClient offender(loop, *hub);
        offender.send(connect(options));
        EXPECT_EQ(offender.answers(), "CONNACK " + std::to_string(code)) << rule;
        EXPECT_FALSE(offender.open()) << rule;
        EXPECT_EQ(status("/refused/" + std::string(rule)), 1) << rule;
        EXPECT_EQ(status("/connections/open"), 0) << rule;
    }

    std::string token(const iothub::IdentityName& scope, std::string_view key,
                      std::string_view policy = {}) {
        return iothub::make_sas_token(iothub::resource_path(kHost, scope), key, unix_now() + 3600,
                                      policy)
            .value();
    }
};

TEST_F(Admission, AcceptsDeviceAndModuleWithTheirOwnKeys) {
    HubClient device(loop, *hub);
    HubClient module(loop, *hub);
    EXPECT_EQ(device.send(connect(connect_options(kGateway))).answers(), "CONNACK 0");
    EXPECT_EQ(module.send(connect(connect_options(kAgent))).answers(), "CONNACK 0");
    EXPECT_TRUE(device.open());
    EXPECT_TRUE(module.open());
    EXPECT_EQ(status("/connections/devices"), 1);
    EXPECT_EQ(status("/connections/modules"), 1);
}

TEST_F(Admission, AcceptsTheSecondaryKeyAnyApiVersionAndNone) {
    ConnectOptions options = connect_options(kGateway);
    options.password = token(
        kGateway, rest("GET", "/devices/gw").text("/authentication/symmetricKey/secondaryKey"));
    options.user_name = std::string(kHost) + "/gw/?api-version=1999-01-01&DeviceClientType=x";
    EXPECT_EQ(client().send(connect(options)).answers(), "CONNACK 0");
    options.user_name = std::string(kHost) + "/gw";
    EXPECT_EQ(client().send(connect(options)).answers(), "CONNACK 0");
}

TEST_F(Admission, ChecksTheSignatureOverTheLiteralResource) {
    // Lower-case escapes, signed as they stand: Python's and C's clients do so.
    const std::string resource = std::string(kHost) + "%2fdevices%2fgw";
    const std::string expiry = std::to_string(unix_now() + 3600);
    const std::string signature = base64_encode(
        iothub::hmac_sha256(base64_decode(key_of(kGateway)).value(), resource + "\n" + expiry));
    std::string encoded;
    for (const char c : signature) {
        encoded += c == '+' ? "%2B" : c == '/' ? "%2F" : c == '=' ? "%3D" : std::string(1, c);
    }
    ConnectOptions options = connect_options(kGateway);
    options.password = "SharedAccessSignature sr=" + resource + "&sig=" + encoded + "&se=" + expiry;
    EXPECT_EQ(client().send(connect(options)).answers(), "CONNACK 0");
}

TEST_F(Admission, RefusesAnotherProtocolLevel) {
    ConnectOptions options = connect_options(kGateway);
    options.level = 3;
    expect_refused(options, "protocol-level", 1);
}

TEST_F(Admission, RefusesNamesThatDoNotMatch) {
    ConnectOptions options = connect_options(kGateway);
    options.user_name = "";
    options.password = "";
    expect_refused(options, "user-name");
    options = connect_options(kGateway);
    options.user_name = "other.azure-devices.net/gw/?api-version=2021-04-12";
    expect_refused(options, "host-name");
    options = connect_options(kGateway);
    options.client_id = "gw/agent";
    expect_refused(options, "client-id");
}

TEST_F(Admission, RefusesAnUnknownIdentityAndAnUnknownModule) {
    ConnectOptions options = connect_options(kAgent);
    options.client_id = "gw/ghost";
    options.user_name = std::string(kHost) + "/gw/ghost/?api-version=2021-04-12";
    expect_refused(options, "unknown-identity");
}

TEST_F(Admission, RefusesADisabledDeviceAndItsModules) {
    const std::string keep = R"({"status":"disabled","authentication":{"symmetricKey":{)"
                             R"("primaryKey":")" +
                             key_of(kGateway) + R"("}}})";
    const ConnectOptions device = connect_options(kGateway);
    const ConnectOptions module = connect_options(kAgent);
    ASSERT_EQ(rest("PUT", "/devices/gw", keep, {.if_match = "*"}).status, 200);
    expect_refused(device, "disabled");
    HubClient offender(loop, *hub);
    EXPECT_EQ(offender.send(connect(module)).answers(), "CONNACK 5");
    EXPECT_EQ(status("/refused/disabled"), 2);
}

TEST_F(Admission, ADevicesKeyDoesNotOpenItsModule) {
    ConnectOptions options = connect_options(kAgent);
    options.password = token(kGateway, key_of(kGateway));
    expect_refused(options, "token-signature");
    options.password = token(kAgent, key_of(kGateway));
    HubClient offender(loop, *hub);
    EXPECT_EQ(offender.send(connect(options)).answers(), "CONNACK 5");
}

TEST_F(Admission, RefusesATokenOfAnotherScope) {
    ConnectOptions options = connect_options(kGateway);
    options.password = token({"gw2", ""}, key_of(kGateway));
    expect_refused(options, "token-scope");
}

TEST_F(Admission, RefusesMissingMalformedAndExpiredTokens) {
    ConnectOptions options = connect_options(kGateway);
    options.password = "";
    expect_refused(options, "no-token");
    options.password = "SharedAccessSignature sr=x";
    expect_refused(options, "token-malformed");
    expect_refused(connect_options(kGateway, -2min), "token-expired");
}

TEST_F(Admission, ForgivesAClockThatDiffersALittle) {
    EXPECT_EQ(client().send(connect(connect_options(kGateway, -30s))).answers(), "CONNACK 0");
}

TEST_F(Admission, AcceptsAPolicyWithDeviceConnectOnly) {
    const hub::Policies policies(hub::Options{}.seed, {});
    const auto key_named = [&](std::string_view policy) {
        return policies.find(policy)->primary_key.reveal();
    };
    ConnectOptions options = connect_options(kAgent);
    options.password =
        iothub::make_sas_token(kHost, key_named("device"), unix_now() + 60, "device").value();
    EXPECT_EQ(client().send(connect(options)).answers(), "CONNACK 0");
    options.password =
        iothub::make_sas_token(kHost, key_named("service"), unix_now() + 60, "service").value();
    expect_refused(options, "token-policy");
    options.password =
        iothub::make_sas_token(kHost, key_named("service"), unix_now() + 60, "device").value();
    expect_refused(options, "token-signature");
}

TEST_F(Admission, RefusesOwnKeysWhenTheTypeIsNotSas) {
    const ConnectOptions options = connect_options(kGateway);
    const std::string body =
        R"({"authentication":{"type":"selfSigned","x509Thumbprint":{"primaryThumbprint":"AB"}}})";
    ASSERT_EQ(rest("PUT", "/devices/gw", body, {.if_match = "*"}).status, 200);
    expect_refused(options, "not-sas");
}

TEST_F(Admission, RefusesAWillInAnothersName) {
    ConnectOptions options = connect_options(kAgent);
    options.will_topic = "devices/gw/messages/events/";
    expect_refused(options, "will-topic");
    options.will_topic = "$iothub/twin/GET/?$rid=1";
    HubClient offender(loop, *hub);
    EXPECT_EQ(offender.send(connect(options)).answers(), "CONNACK 5");
}

}  // namespace
}  // namespace twinstorm::testing
