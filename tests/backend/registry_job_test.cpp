#include "twinstorm/backend/registry_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "support/scripted_service.h"

namespace twinstorm::backend {
namespace {

using support::ScriptedService;

constexpr const char* kAllWell = R"({"isSuccessful":true,"errors":[],"warnings":[]})";

std::vector<NewIdentity> identities(int count) {
    std::vector<NewIdentity> result;
    for (int number = 0; number < count; ++number) {
        const std::string device = "gw-" + std::to_string(number);
        result.push_back({{device, {}}, Secret("a2V5")});
        result.push_back({{device, "agent"}, Secret("a2V5")});
    }
    return result;
}

struct Job {
    explicit Job(ScriptedService& service, RegistryJob::Kind kind = RegistryJob::Kind::kCreate)
        : job(kind, service.client, service.loop, 1,
              [this, &service](Result<RegistrySummary> result, TimePoint) {
                  outcome = std::move(result);
                  service.loop.stop();
              }) {}

    std::optional<Result<RegistrySummary>> outcome;
    RegistryJob job;
};

std::size_t items(const net::HttpRequest& request) {
    return boost::json::parse(request.body).as_array().size();
}

TEST(RegistryJob, MakesDevicesBeforeModulesAHundredAtATime) {
    ScriptedService service;
    service.answer = [](const net::HttpRequest&) { return net::HttpResponse{200, {}, kAllWell}; };
    Job job(service);
    job.job.start(identities(250), kRunStart);
    service.loop.run();

    ASSERT_TRUE(job.outcome && *job.outcome);
    EXPECT_EQ((*job.outcome)->changed, 500u);
    std::vector<std::size_t> sizes;
    bool modules = false;
    for (const net::HttpRequest& request : service.requests) {
        sizes.push_back(items(request));
        const bool is_module = request.body.find("moduleId") != std::string::npos;
        EXPECT_TRUE(is_module || !modules) << "a device after a module";
        modules = is_module;
    }
    EXPECT_THAT(sizes, testing::UnorderedElementsAre(100, 100, 50, 100, 100, 50));
}

TEST(RegistryJob, WhatExistsAlreadyIsFine) {
    ScriptedService service;
    service.answer = [](const net::HttpRequest& request) {
        return request.body.find("moduleId") == std::string::npos
                   ? net::HttpResponse{400,
                                       {},
                                       R"({"isSuccessful":false,"errors":[{"deviceId":"gw-0",)"
                                       R"("errorCode":"DeviceAlreadyExists"}]})"}
                   : net::HttpResponse{400,
                                       {},
                                       R"({"isSuccessful":false,"errors":[{"deviceId":"gw-0",)"
                                       R"("errorCode":409301}]})"};
    };
    Job job(service);
    job.job.start(identities(1), kRunStart);
    service.loop.run();
    ASSERT_TRUE(job.outcome && *job.outcome);
    EXPECT_EQ((*job.outcome)->unchanged, 2u);
    EXPECT_EQ((*job.outcome)->changed, 0u);
}

TEST(RegistryJob, AThrottledRequestComesAgain) {
    ScriptedService service;
    int refusals = 2;
    service.answer = [&refusals](const net::HttpRequest&) {
        return refusals-- > 0 ? net::HttpResponse{429, {}, "{}"}
                              : net::HttpResponse{200, {}, kAllWell};
    };
    Job job(service);
    job.job.start(identities(1), kRunStart);
    service.loop.run();
    ASSERT_TRUE(job.outcome && *job.outcome);
    EXPECT_EQ((*job.outcome)->changed, 2u);
    EXPECT_EQ(service.requests.size(), 4u);
    EXPECT_GT(service.loop.now() - kRunStart, std::chrono::seconds(2));
}

TEST(RegistryJob, ARefusalEndsItWithTheHubsWords) {
    ScriptedService service;
    service.answer = [](const net::HttpRequest&) {
        return net::HttpResponse{
            401, {}, R"({"Message":"ErrorCode:IotHubUnauthorizedAccess;no right"})"};
    };
    Job job(service);
    job.job.start(identities(500), kRunStart);
    service.loop.run();
    ASSERT_TRUE(job.outcome);
    ASSERT_FALSE(*job.outcome);
    EXPECT_EQ(job.outcome->error().code, ErrorCode::kUnauthorized);
}

TEST(RegistryJob, RemovesAndToleratesWhatIsGone) {
    ScriptedService service;
    service.answer = [](const net::HttpRequest&) {
        return net::HttpResponse{400,
                                 {},
                                 R"({"isSuccessful":false,"errors":[{"deviceId":"gw-0",)"
                                 R"("errorCode":"DeviceNotFound"}]})"};
    };
    Job job(service, RegistryJob::Kind::kRemove);
    job.job.start({{{"gw-0", {}}, {}}}, kRunStart);
    service.loop.run();
    ASSERT_TRUE(job.outcome && *job.outcome);
    EXPECT_EQ((*job.outcome)->unchanged, 1u);
    EXPECT_THAT(service.requests[0].body, testing::HasSubstr(R"("importMode":"delete")"));
}

}  // namespace
}  // namespace twinstorm::backend
