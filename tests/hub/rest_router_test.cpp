#include "hub/rest_router.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/policies.h"
#include "support/hub_fixture.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

class RestRouter : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    RestAnswer as(std::string_view policy, std::string_view method, std::string_view path,
                  std::string_view body = {}) {
        const hub::Policies policies(hub::Options{}.seed, {});
        const std::string key = policies.find(policy)->primary_key.reveal();
        return rest(method, path, body, {.authorization = service_token(policy, key)});
    }

    void expect_error(const RestAnswer& answer, unsigned status, std::string_view name) {
        EXPECT_EQ(answer.status, status) << name;
        EXPECT_EQ(answer.error_code, name);
        EXPECT_EQ(answer.content_type, "application/json; charset=utf-8");
        EXPECT_FALSE(answer.text("/Message").empty()) << name;
    }
};

TEST_F(RestRouter, RefusesMissingMalformedExpiredAndForeignTokens) {
    const auto with = [&](const std::string& authorization) {
        return rest("GET", "/devices", {}, {.authorization = authorization});
    };
    expect_error(with(" "), 401, "IotHubUnauthorized");
    expect_error(with("Bearer abc"), 401, "IotHubUnauthorized");
    const hub::Policies policies(hub::Options{}.seed, {});
    const std::string key = policies.owner().primary_key.reveal();
    expect_error(with(service_token("iothubowner", key, -2min)), 401, "IotHubUnauthorized");
    expect_error(with(service_token("service", key)), 401, "IotHubUnauthorized");
    expect_error(with(service_token("nobody", key)), 401, "IotHubUnauthorized");
    expect_error(
        with(iothub::make_sas_token("other.azure-devices.net", key, unix_now() + 60, "iothubowner")
                 .value()),
        401, "IotHubUnauthorized");
    // A device's own token opens nothing here.
    expect_error(with(connect_options(kGateway).password), 401, "IotHubUnauthorized");
    const RestAnswer answer = with("Bearer abc");
    EXPECT_NE(answer.text("/Message").find("401003"), std::string::npos);
}

TEST_F(RestRouter, SaysWhoAnsweredAndGivesEachAnswerAnId) {
    const RestAnswer good = rest("GET", "/devices");
    const RestAnswer empty = rest("DELETE", "/devices/gw/modules/agent");
    const RestAnswer bad = rest("GET", "/devices/nobody");
    EXPECT_EQ(bad.status, 404u);
    for (const RestAnswer& answer : {good, empty, bad}) {
        EXPECT_EQ(answer.server, "Microsoft-HTTPAPI/2.0");
        EXPECT_EQ(answer.request_id.size(), 32u) << answer.status;
    }
    EXPECT_NE(good.request_id, empty.request_id);
    EXPECT_NE(bad.text("/ExceptionMessage").find(bad.request_id), std::string::npos)
        << "an error's body names the same id";
}

TEST_F(RestRouter, EveryPolicyIsToldWithItsKey) {
    const auto policies = hub->policies();
    EXPECT_EQ(policies.size(), 5u);
    EXPECT_EQ(policies.at("iothubowner").reveal(), hub->connection_string().reveal());
    const auto reader = iothub::ConnectionString::parse(policies.at("registryRead").reveal());
    ASSERT_TRUE(reader);
    const std::string token = service_token(reader->policy, reader->key.reveal());
    EXPECT_EQ(rest("GET", "/devices/gw", {}, {.authorization = token}).status, 200u);
    expect_error(rest("DELETE", "/devices/gw", {}, {.authorization = token}), 401,
                 "IotHubUnauthorizedAccess");
}

TEST_F(RestRouter, RefusesARequestWithoutAuthorization) {
    net::HttpRequest request{"GET", "/devices?api-version=2021-04-12", {}, {}};
    unsigned status = 0;
    hub->rest().handle(
        std::move(request), [&](const net::HttpResponse& answer) { status = answer.status; },
        loop.now());
    EXPECT_EQ(status, 401U);
}

TEST_F(RestRouter, AcceptsATokenOfANarrowerResource) {
    const hub::Policies policies(hub::Options{}.seed, {});
    const std::string key = policies.owner().primary_key.reveal();
    const auto narrow = iothub::make_sas_token(std::string(kHost) + "/devices/gw", key,
                                               unix_now() + 60, "iothubowner")
                            .value();
    EXPECT_EQ(rest("GET", "/devices/gw", {}, {.authorization = narrow}).status, 200U);
    EXPECT_EQ(rest("GET", "/devices", {}, {.authorization = narrow}).status, 401U);
}

TEST_F(RestRouter, ChecksTheRightOfEachRoute) {
    EXPECT_EQ(as("registryRead", "GET", "/devices/gw").status, 200U);
    EXPECT_EQ(as("registryReadWrite", "GET", "/devices/gw").status, 200U);
    EXPECT_EQ(as("service", "GET", "/twins/gw").status, 200U);
    EXPECT_EQ(as("service", "GET", "/statistics/service").status, 200U);
    EXPECT_EQ(as("registryRead", "GET", "/statistics/devices").status, 200U);
    const RestAnswer refused = as("registryRead", "PUT", "/devices/x", "{}");
    expect_error(refused, 401, "IotHubUnauthorizedAccess");
    EXPECT_NE(refused.text("/Message").find("401002"), std::string::npos);
    expect_error(as("registryReadWrite", "GET", "/twins/gw"), 401, "IotHubUnauthorizedAccess");
    expect_error(as("service", "GET", "/devices"), 401, "IotHubUnauthorizedAccess");
    expect_error(as("device", "GET", "/devices/gw"), 401, "IotHubUnauthorizedAccess");
    expect_error(as("service", "POST", "/devices", "[]"), 401, "IotHubUnauthorizedAccess");
    expect_error(as("registryRead", "DELETE", "/devices/gw"), 401, "IotHubUnauthorizedAccess");
}

TEST_F(RestRouter, KnowsItsPathsAndMethods) {
    expect_error(rest("GET", "/nothing"), 404, "GenericNotFound");
    expect_error(rest("GET", "/"), 404, "GenericNotFound");
    expect_error(rest("GET", "/devices/a/b"), 404, "GenericNotFound");
    expect_error(rest("GET", "/twins/a/modules/b/c"), 404, "GenericNotFound");
    expect_error(rest("PATCH", "/devices/gw"), 405, "MethodNotAllowed");
    expect_error(rest("DELETE", "/twins/gw"), 405, "MethodNotAllowed");
    expect_error(rest("GET", "/devices/%zz"), 400, "GenericBadRequest");
    expect_error(rest("GET", "devices"), 400, "GenericBadRequest");
}

TEST_F(RestRouter, TakesTheTrailingSlashOfNodesList) {
    EXPECT_EQ(rest("GET", "/devices/").status, 200U);
}

TEST_F(RestRouter, TakesJsonOnly) {
    expect_error(rest("PUT", "/devices/x", "{}", {.content_type = "text/plain"}), 415,
                 "UnsupportedMediaType");
    EXPECT_EQ(rest("PUT", "/devices/x", "{}", {.content_type = "application/json"}).status, 200U);
}

TEST_F(RestRouter, UsesTheStyleOfTheError) {
    const RestAnswer old_style = rest("GET", "/devices/none");
    EXPECT_EQ(old_style.text("/Message"), "ErrorCode:DeviceNotFound;Device none not registered");
    EXPECT_TRUE(old_style.text("/ExceptionMessage").starts_with("Tracking ID:"));
    const RestAnswer new_style = rest("GET", "/nothing");
    EXPECT_TRUE(new_style.text("/Message").starts_with("{\"errorCode\":404000"));
}

}  // namespace
}  // namespace twinstorm::testing
