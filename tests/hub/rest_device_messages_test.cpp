#include "hub/rest_device_messages.h"

#include <string>

#include <gtest/gtest.h>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

class RestDeviceMessages : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    struct Sent {
        unsigned status = 0;
        std::string error;
    };

    Sent send(const std::string& path, const std::string& token, std::string body,
              net::HttpHeaders headers = {}) {
        net::HttpRequest request{"POST", path + "?api-version=2021-04-12", std::move(headers),
                                 std::move(body)};
        request.headers.emplace_back("Authorization", token);
        Sent sent;
        hub->rest().handle(
            std::move(request),
            [&](const net::HttpResponse& answer) {
                sent = {answer.status,
                        std::string(net::find_header(answer.headers, "iothub-errorcode"))};
            },
            loop.now());
        settle();
        return sent;
    }
    std::string token_of(const iothub::IdentityName& name) {
        return connect_options(name).password;
    }

    const std::string device_path = "/devices/gw/messages/events";
    const std::string module_path = "/devices/gw/modules/agent/messages/events";
};

TEST_F(RestDeviceMessages, TakesMessagesOfDevicesAndModules) {
    const std::string device = token_of(kGateway);
    const Sent sent = send(
        device_path, device, "any body",
        {{"Content-Type", "text/plain"}, {"IotHub-MessageId", "m-1"}, {"iothub-app-Color", "red"}});
    EXPECT_EQ(sent.status, 204U);
    EXPECT_EQ(send(module_path, token_of(kAgent), "{}").status, 204U);
    EXPECT_FALSE(rest("GET", "/devices/gw").text("/lastActivityTime").starts_with("0001"));
}

TEST_F(RestDeviceMessages, ChecksTheTokenOfTheSender) {
    EXPECT_EQ(send(device_path, "", "x").error, "IotHubUnauthorized");
    EXPECT_EQ(send(device_path, "SharedAccessSignature sr=x", "x").status, 401U);
    // A device's key does not open its module, nor the other way.
    EXPECT_EQ(send(module_path, token_of(kGateway), "x").status, 401U);
    EXPECT_EQ(send(device_path, token_of(kAgent), "x").status, 401U);
    EXPECT_EQ(send("/devices/none/messages/events", token_of(kGateway), "x").status, 401U);
    const std::string token = token_of(kGateway);
    ASSERT_EQ(rest("PUT", "/devices/gw", R"({"status":"disabled"})", {.if_match = "*"}).status,
              200U);
    EXPECT_EQ(send(device_path, token, "x").status, 401U);
}

TEST_F(RestDeviceMessages, RefusesWhatIsTooLarge) {
    const std::string token = token_of(kGateway);
    EXPECT_EQ(send(device_path, token, std::string(256 * 1024, 'x')).status, 204U);
    const Sent refused = send(device_path, token, std::string(256 * 1024 + 1, 'x'));
    EXPECT_EQ(refused.status, 413U);
    EXPECT_EQ(refused.error, "MessageTooLarge");
}

TEST_F(RestDeviceMessages, TakesBatches) {
    const std::string token = token_of(kGateway);
    const net::HttpHeaders batch{{"Content-Type", "application/vnd.microsoft.iothub.json"}};
    EXPECT_EQ(send(device_path, token,
                   R"([{"body":"aGk=","properties":{"iothub-app-a":"1"}},)"
                   R"({"body":"plain","base64Encoded":false}])",
                   batch)
                  .status,
              204U);
    for (const std::string body :
         {"{}", "[", "[1]", "[{}]", R"([{"body":"no base64!"}])",
          R"([{"body":"aGk=","properties":{"a":1}}])", R"([{"body":"aGk=","base64Encoded":1}])"}) {
        EXPECT_EQ(send(device_path, token, body, batch).error, "ArgumentInvalid") << body;
    }
}

TEST_F(RestDeviceMessages, KnowsOnlyPost) {
    EXPECT_EQ(rest("GET", device_path).error_code, "MethodNotAllowed");
}

}  // namespace
}  // namespace twinstorm::testing
