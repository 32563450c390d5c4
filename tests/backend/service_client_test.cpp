#include "twinstorm/backend/service_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_service.h"

namespace twinstorm::backend {
namespace {

using support::ScriptedService;

constexpr const char* kPatched = R"({"deviceId":"gw","properties":{"desired":{"$version":7}}})";

TEST(ServiceClient, PatchesDesiredPropertiesAndReadsTheNewVersion) {
    ScriptedService service;
    service.answer = [](const net::HttpRequest&) { return net::HttpResponse{200, {}, kPatched}; };
    std::optional<std::int64_t> version;
    service.client.patch_desired(
        {"gw 1", "agent"}, R"({"a":1})",
        [&version](const Result<std::int64_t>& result, TimePoint) { version = *result; },
        kRunStart);
    service.loop.run();

    EXPECT_EQ(version, 7);
    ASSERT_EQ(service.requests.size(), 1u);
    const net::HttpRequest& request = service.requests[0];
    EXPECT_EQ(request.method, "PATCH");
    EXPECT_EQ(request.target, "/twins/gw%201/modules/agent?api-version=2021-04-12");
    EXPECT_EQ(request.body, R"({"properties":{"desired":{"a":1}}})");
    EXPECT_EQ(net::find_header(request.headers, "if-match"), "\"*\"");
    EXPECT_THAT(std::string(net::find_header(request.headers, "authorization")),
                testing::AllOf(testing::StartsWith("SharedAccessSignature "),
                               testing::HasSubstr("skn=iothubowner")));
}

TEST(ServiceClient, AnErrorSaysWhatTheHubSaid) {
    ScriptedService service;
    service.answer = [](const net::HttpRequest&) {
        return net::HttpResponse{
            404, {}, R"({"Message":"ErrorCode:ModuleNotFound;no such module"})"};
    };
    std::optional<Error> error;
    service.client.patch_desired(
        {"gw", "agent"}, "{}",
        [&error](const Result<std::int64_t>& result, TimePoint) { error = result.error(); },
        kRunStart);
    service.loop.run();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::kNotFound);
    EXPECT_THAT(error->detail, testing::HasSubstr("no such module"));
}

TEST(ServiceClient, AnAnswerWithoutAVersionIsAnError) {
    ScriptedService service;
    for (const char* body : {"", "{}", "[]", R"({"properties":{"desired":{"$version":"x"}}})"}) {
        service.answer = [body](const net::HttpRequest&) {
            return net::HttpResponse{200, {}, body};
        };
        std::optional<ErrorCode> code;
        service.client.patch_desired(
            {"gw", "agent"}, "{}",
            [&code](const Result<std::int64_t>& result, TimePoint) { code = result.error().code; },
            kRunStart);
        service.loop.run();
        EXPECT_EQ(code, ErrorCode::kProtocolViolation) << body;
    }
}

}  // namespace
}  // namespace twinstorm::backend
