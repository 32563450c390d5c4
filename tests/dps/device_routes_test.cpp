#include "dps/device_routes.h"

#include <string>

#include <gtest/gtest.h>

#include "dps/dps_fixture.h"

namespace twinstorm::dps {
namespace {

TEST(DeviceRoutes, ADeviceRegistersOverRest) {
    DpsFixture fixture;
    const std::string base = "/" + std::string(kScope) + "/registrations/dev-1";
    const std::string token = fixture.group_token("dev-1");
    EXPECT_EQ(fixture.rest("POST", base, {}, {}, token).body.at("errorCode"), 404202);
    const auto begun = fixture.rest("PUT", base + "/register?api-version=2021-06-01",
                                    R"({"registrationId":"dev-1"})", {}, token);
    EXPECT_EQ(begun.status, 202U);
    EXPECT_EQ(net::find_header(begun.headers, "Retry-After"), "3");
    EXPECT_EQ(net::find_header(begun.headers, "Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(begun.text("/status"), "assigning");
    const auto done =
        fixture.rest("GET", base + "/operations/" + begun.text("/operationId"), {}, {}, token);
    EXPECT_EQ(done.status, 200U);
    EXPECT_EQ(net::find_header(done.headers, "Retry-After"), "");
    EXPECT_EQ(done.text("/registrationState/status"), "assigned");
    EXPECT_EQ(fixture.rest("POST", base, {}, {}, token).text("/status"), "assigned");
    EXPECT_EQ(fixture.rest("GET", base + "/operations/other", {}, {}, token).status, 404U);
}

TEST(DeviceRoutes, WhoeverHasNoTokenIsRefused) {
    DpsFixture fixture;
    const std::string target = "/" + std::string(kScope) + "/registrations/dev-1/register";
    EXPECT_EQ(fixture.rest("PUT", target).status, 401U) << "an operator is no device";
    const auto other = fixture.rest("PUT", target, {}, {}, fixture.group_token("dev-2"));
    EXPECT_EQ(other.status, 401U);
    EXPECT_EQ(other.body.at("errorCode"), 401002);
    EXPECT_EQ(fixture.send({"PUT", target, {}, {}}).status, 401U);
}

TEST(DeviceRoutes, UnknownResourcesAndMethods) {
    DpsFixture fixture;
    const std::string scope = "/" + std::string(kScope);
    const std::string token = fixture.group_token("dev-1");
    EXPECT_EQ(fixture.rest("GET", scope, {}, {}, token).status, 404U);
    EXPECT_EQ(fixture.rest("GET", scope + "/devices/dev-1", {}, {}, token).status, 404U);
    EXPECT_EQ(fixture.rest("PUT", scope + "/registrations/a%2Fb/register", {}, {}, token).status,
              400U);
    EXPECT_EQ(fixture.rest("DELETE", scope + "/registrations/dev-1", {}, {}, token).status, 405U);
    EXPECT_EQ(fixture.rest("GET", scope + "/registrations/dev-1/register", {}, {}, token).status,
              405U);
}

}  // namespace
}  // namespace twinstorm::dps
