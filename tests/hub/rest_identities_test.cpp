#include "hub/rest_identities.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fixture.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

class RestIdentities : public ::testing::Test, public HubFixture {
protected:
    void expect_error(const RestAnswer& answer, unsigned status, std::string_view name) {
        EXPECT_EQ(answer.status, status) << name;
        EXPECT_EQ(answer.error_code, name);
    }
};

TEST_F(RestIdentities, CreatesADeviceWithKeysOfItsOwn) {
    const RestAnswer made = rest("PUT", "/devices/dev-1", R"({"deviceId":"dev-1"})");
    EXPECT_EQ(made.status, 200U);
    EXPECT_EQ(made.content_type, "application/json; charset=utf-8");
    EXPECT_EQ(made.text("/deviceId"), "dev-1");
    EXPECT_EQ(made.text("/status"), "enabled");
    EXPECT_EQ(made.text("/connectionState"), "Disconnected");
    EXPECT_EQ(made.text("/connectionStateUpdatedTime"), "0001-01-01T00:00:00");
    EXPECT_EQ(made.text("/authentication/type"), "sas");
    EXPECT_EQ(made.text("/generationId").size(), 18U);  // Looks like .NET ticks.
    EXPECT_FALSE(made.text("/etag").empty());
    EXPECT_TRUE(made.body.at_pointer("/statusReason").is_null());
    const std::string primary = made.text("/authentication/symmetricKey/primaryKey");
    const std::string secondary = made.text("/authentication/symmetricKey/secondaryKey");
    EXPECT_EQ(base64_decode(primary).value().size(), 32U);
    EXPECT_NE(primary, secondary);
    EXPECT_NE(primary,
              rest("PUT", "/devices/dev-2", "{}").text("/authentication/symmetricKey/primaryKey"));
    EXPECT_EQ(rest("GET", "/devices/dev-1").body, made.body);
    EXPECT_EQ(rest("GET", "/twins/dev-1").number("/version"), 2);
}

TEST_F(RestIdentities, CreatesAModuleOnItsDevice) {
    expect_error(rest("PUT", "/devices/d/modules/m", "{}"), 404, "DeviceNotFound");
    ASSERT_EQ(rest("PUT", "/devices/d", "{}").status, 200U);
    const RestAnswer made =
        rest("PUT", "/devices/d/modules/m", R"({"deviceId":"d","moduleId":"m"})");
    EXPECT_EQ(made.status, 201U);
    EXPECT_EQ(made.text("/moduleId"), "m");
    EXPECT_EQ(made.text("/deviceId"), "d");
    EXPECT_TRUE(made.body.at_pointer("/managedBy").is_null());
    EXPECT_FALSE(made.body.as_object().contains("status"));
    EXPECT_EQ(rest("GET", "/devices/d/modules/m").body, made.body);
    expect_error(rest("PUT", "/devices/d/modules/m", "{}"), 409, "ModuleAlreadyExistsOnDevice");
    expect_error(rest("GET", "/devices/d/modules/none"), 404, "ModuleNotFound");
    expect_error(rest("GET", "/devices/none/modules/m"), 404, "DeviceNotFound");
}

TEST_F(RestIdentities, KeepsTheKeysItIsGiven) {
    const std::string body = R"({"authentication":{"symmetricKey":{"primaryKey":"cHJpbWFyeQ==",)"
                             R"("secondaryKey":""}},"statusReason":"new"})";
    const RestAnswer made = rest("PUT", "/devices/d", body);
    EXPECT_EQ(made.text("/authentication/symmetricKey/primaryKey"), "cHJpbWFyeQ==");
    EXPECT_EQ(made.text("/authentication/symmetricKey/secondaryKey").size(), 44U);
    EXPECT_EQ(made.text("/statusReason"), "new");
}

TEST_F(RestIdentities, KnowsAllAuthenticationTypes) {
    const auto type_of = [&](std::string_view id, const std::string& authentication) {
        return rest("PUT", "/devices/" + std::string(id),
                    R"({"authentication":)" + authentication + "}");
    };
    const RestAnswer thumbprint =
        type_of("a", R"({"x509Thumbprint":{"primaryThumbprint":"AA","secondaryThumbprint":null}})");
    EXPECT_EQ(thumbprint.text("/authentication/type"), "selfSigned");
    EXPECT_EQ(thumbprint.text("/authentication/x509Thumbprint/primaryThumbprint"), "AA");
    EXPECT_TRUE(thumbprint.body.at_pointer("/authentication/symmetricKey/primaryKey").is_null());
    EXPECT_EQ(type_of("b", R"({"type":"certificateAuthority"})").text("/authentication/type"),
              "certificateAuthority");
    EXPECT_EQ(type_of("c", R"({"type":"none"})").text("/authentication/type"), "none");
    expect_error(type_of("d", R"({"type":"magic"})"), 400, "ArgumentInvalid");
}

TEST_F(RestIdentities, RefusesBadBodies) {
    for (const std::string_view body :
         {"", "{", "[]", R"({"deviceId":"other"})", R"({"moduleId":"m"})", R"({"deviceId":7})",
          R"({"status":"maybe"})", R"({"status":1})", R"({"capabilities":{"iotEdge":"yes"}})",
          R"({"authentication":{"symmetricKey":{"primaryKey":"not base64!"}}})"}) {
        expect_error(rest("PUT", "/devices/d", body), 400, "ArgumentInvalid");
    }
    expect_error(rest("GET", "/devices/d"), 404, "DeviceNotFound");
}

TEST_F(RestIdentities, RefusesBadIds) {
    for (const std::string& id :
         {std::string("a%20b"), std::string("a%2Fb"), std::string(129, 'x')}) {
        expect_error(rest("PUT", "/devices/" + id, "{}"), 400, "IotHubFormatError");
    }
    expect_error(rest("PUT", "/devices/%C3%A4", "{}"), 400, "GenericBadRequest");
    EXPECT_EQ(rest("PUT", "/devices/" + std::string(128, 'x'), "{}").status, 200U);
    EXPECT_EQ(rest("PUT", "/devices/a%3Ab%25%23", "{}").text("/deviceId"), "a:b%#");
    EXPECT_EQ(rest("PUT", "/devices/A%3Ab%25%23", "{}").status, 200U);  // Ids know their case.
}

TEST_F(RestIdentities, RefusesToCreateTwice) {
    ASSERT_EQ(rest("PUT", "/devices/d", "{}").status, 200U);
    expect_error(rest("PUT", "/devices/d", "{}"), 409, "DeviceAlreadyExists");
}

TEST_F(RestIdentities, UpdatesWithIfMatchOnly) {
    const RestAnswer made = rest("PUT", "/devices/d", "{}");
    const std::string etag = made.text("/etag");
    expect_error(rest("PUT", "/devices/d", "{}", {.if_match = "\"other\""}), 412,
                 "PreconditionFailed");
    loop.pass(1s);
    const RestAnswer quoted =
        rest("PUT", "/devices/d", R"({"status":"disabled"})", {.if_match = "\"" + etag + "\""});
    EXPECT_EQ(quoted.status, 200U);
    EXPECT_EQ(quoted.text("/status"), "disabled");
    EXPECT_TRUE(quoted.text("/statusUpdatedTime").starts_with("2026-01-01T00:00:01"));
    EXPECT_NE(quoted.text("/etag"), etag);
    EXPECT_EQ(quoted.text("/generationId"), made.text("/generationId"));
    // Keys that are not sent back are made anew.
    EXPECT_NE(quoted.text("/authentication/symmetricKey/primaryKey"),
              made.text("/authentication/symmetricKey/primaryKey"));
    EXPECT_EQ(rest("PUT", "/devices/d", "{}", {.if_match = quoted.text("/etag")}).status, 200U);
    EXPECT_EQ(rest("PUT", "/devices/d", "{}", {.if_match = "\"*\""}).text("/status"), "enabled");
    expect_error(rest("PUT", "/devices/none", "{}", {.if_match = "*"}), 404, "DeviceNotFound");
    expect_error(rest("PUT", "/devices/d/modules/none", "{}", {.if_match = "*"}), 404,
                 "ModuleNotFound");
}

TEST_F(RestIdentities, AnUpdateKeepsTheTwin) {
    create_gateway();
    ASSERT_EQ(rest("PATCH", "/twins/gw", R"({"tags":{"a":1}})").status, 200U);
    ASSERT_EQ(rest("PUT", "/devices/gw", "{}", {.if_match = "*"}).status, 200U);
    EXPECT_EQ(rest("GET", "/twins/gw").number("/tags/a"), 1);
}

TEST_F(RestIdentities, DeletesADeviceWithItsModulesAndTwins) {
    create_gateway();
    const RestAnswer before = rest("GET", "/devices/gw");
    ASSERT_EQ(rest("PATCH", "/twins/gw", R"({"tags":{"a":1}})").status, 200U);
    expect_error(rest("DELETE", "/devices/gw", {}, {.if_match = "\"other\""}), 412,
                 "PreconditionFailed");
    EXPECT_EQ(rest("DELETE", "/devices/gw", {}, {.if_match = "\"*\""}).status, 204U);
    expect_error(rest("DELETE", "/devices/gw"), 404, "DeviceNotFound");
    expect_error(rest("GET", "/devices/gw/modules/agent"), 404, "DeviceNotFound");

    const RestAnswer again = rest("PUT", "/devices/gw", "{}");
    EXPECT_NE(again.text("/generationId"), before.text("/generationId"));
    EXPECT_NE(again.text("/authentication/symmetricKey/primaryKey"),
              before.text("/authentication/symmetricKey/primaryKey"));
    EXPECT_EQ(rest("GET", "/twins/gw").number("/version"), 2);
    EXPECT_TRUE(rest("GET", "/devices/gw/modules").body.as_array().empty());
}

TEST_F(RestIdentities, ListsDevicesAndModules) {
    for (const std::string id : {"c", "a", "b"}) {
        ASSERT_EQ(rest("PUT", "/devices/" + id, "{}").status, 200U);
    }
    ASSERT_EQ(rest("PUT", "/devices/a/modules/y", "{}").status, 201U);
    ASSERT_EQ(rest("PUT", "/devices/a/modules/x", "{}").status, 201U);
    const RestAnswer all = rest("GET", "/devices");
    ASSERT_EQ(all.body.as_array().size(), 3U);
    EXPECT_EQ(all.text("/0/deviceId"), "a");
    EXPECT_EQ(all.text("/2/deviceId"), "c");
    EXPECT_EQ(rest("GET", "/devices?top=2").body.as_array().size(), 2U);
    EXPECT_EQ(rest("GET", "/devices?top=5000").status, 200U);
    for (const std::string_view top : {"0", "-1", "x", ""}) {
        expect_error(rest("GET", "/devices?top=" + std::string(top)), 400, "ArgumentInvalid");
    }
    const RestAnswer modules = rest("GET", "/devices/a/modules");
    ASSERT_EQ(modules.body.as_array().size(), 2U);
    EXPECT_EQ(modules.text("/0/moduleId"), "x");
    expect_error(rest("GET", "/devices/none/modules"), 404, "DeviceNotFound");
}

TEST_F(RestIdentities, ListsAtMostAThousand) {
    for (int i = 0; i < 1001; ++i) {
        ASSERT_EQ(rest("PUT", "/devices/d" + std::to_string(i), "{}").status, 200U);
    }
    EXPECT_EQ(rest("GET", "/devices?top=2000").body.as_array().size(), hub::kDeviceListMax);
}

TEST_F(RestIdentities, KnowsTheScopesOfEdgeHierarchies) {
    const RestAnswer edge = rest("PUT", "/devices/e", R"({"capabilities":{"iotEdge":true}})");
    const std::string scope = edge.text("/deviceScope");
    EXPECT_EQ(scope, "ms-azure-iot-edge://e-" + edge.text("/generationId"));
    EXPECT_TRUE(edge.body.at("parentScopes").as_array().empty());
    const RestAnswer leaf = rest("PUT", "/devices/leaf", R"({"deviceScope":")" + scope + R"("})");
    EXPECT_EQ(leaf.text("/deviceScope"), scope);
    EXPECT_EQ(leaf.text("/parentScopes/0"), scope);
    const RestAnswer below =
        rest("PUT", "/devices/below",
             R"({"capabilities":{"iotEdge":true},"parentScopes":[")" + scope + R"("]})");
    EXPECT_NE(below.text("/deviceScope"), scope);
    EXPECT_EQ(below.text("/parentScopes/0"), scope);
    const RestAnswer twin = rest("GET", "/twins/leaf");
    EXPECT_EQ(twin.text("/deviceScope"), scope);
    EXPECT_TRUE(rest("GET", "/twins/e").body.at_pointer("/capabilities/iotEdge").as_bool());
    expect_error(rest("PUT", "/devices/x", R"({"deviceScope":"other://e"})"), 400,
                 "InvalidDeviceScope");
    expect_error(rest("PUT", "/devices/x", R"({"parentScopes":[1]})"), 400, "InvalidDeviceScope");
}

TEST_F(RestIdentities, LimitsTheModulesOfADevice) {
    ASSERT_EQ(rest("PUT", "/devices/d", "{}").status, 200U);
    for (std::size_t i = 0; i < hub::kModulesPerDeviceMax; ++i) {
        ASSERT_EQ(rest("PUT", "/devices/d/modules/m" + std::to_string(i), "{}").status, 201U);
    }
    expect_error(rest("PUT", "/devices/d/modules/more", "{}"), 413, "TooManyModulesOnDevice");
}

TEST_F(RestIdentities, CountsDevicesAndConnections) {
    create_gateway();
    ASSERT_EQ(rest("PUT", "/devices/off", R"({"status":"disabled"})").status, 200U);
    const RestAnswer devices = rest("GET", "/statistics/devices");
    EXPECT_EQ(devices.number("/totalDeviceCount"), 2);
    EXPECT_EQ(devices.number("/enabledDeviceCount"), 1);
    EXPECT_EQ(devices.number("/disabledDeviceCount"), 1);
    const auto device = online(kGateway);
    const auto agent = online(kAgent);
    EXPECT_EQ(rest("GET", "/statistics/service").number("/connectedDeviceCount"), 1);
    const RestAnswer connected = rest("GET", "/devices/gw");
    EXPECT_EQ(connected.text("/connectionState"), "Connected");
    EXPECT_TRUE(connected.text("/lastActivityTime").starts_with("2026-01-01T00:00:00"));
}

}  // namespace
}  // namespace twinstorm::testing
