#include "hub/job_document.h"

#include <string>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;
using iothub::ServiceErrorCode;

Outcome<JobRequest> read(const std::string& text) {
    return read_job_request(boost::json::parse(text).as_object(), "j1", kVirtualEpoch);
}

std::string update(const std::string& members) {
    return R"({"type":"scheduleUpdateTwin","queryCondition":"*",)"
           R"("updateTwin":{"tags":{"a":1}})" +
           members + "}";
}

TEST(JobDocument, ReadsAnUpdateOfTwins) {
    const auto request = read(update(
        R"(,"jobId":"j1","startTime":"2026-01-01T01:00:00Z","maxExecutionTimeInSeconds":60)"));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->kind, JobKind::kUpdateTwin);
    EXPECT_EQ(request->start, kVirtualEpoch + 1h);
    EXPECT_EQ(request->time_max, 60s);
    EXPECT_EQ(request->twin_etag, "*");
    EXPECT_TRUE(request->condition.matches_all());
}

TEST(JobDocument, HasDefaults) {
    const auto request = read(update(R"(,"startTime":null)"));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->start, std::nullopt);
    EXPECT_EQ(request->time_max, kJobTimeDefault);
    EXPECT_EQ(read(update(R"(,"startTime":"2025-01-01T00:00:00Z")"))->start, std::nullopt);
}

TEST(JobDocument, ReadsACallOfAMethod) {
    const auto request =
        read(R"({"type":"scheduleDeviceMethod","queryCondition":"FROM devices.modules",)"
             R"("cloudToDeviceMethod":{"methodName":"reboot","payload":null,)"
             R"("responseTimeoutInSeconds":30}})");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->kind, JobKind::kDeviceMethod);
    EXPECT_EQ(request->method.method, "reboot");
    EXPECT_EQ(request->condition.source(), query::Source::kModules);
}

TEST(JobDocument, RefusesWhatCannotBeDone) {
    const std::string cases[] = {
        "{}",
        R"({"type":"scheduleParty","queryCondition":"*"})",
        R"({"type":"scheduleUpdateTwin","queryCondition":"*"})",
        R"({"type":"scheduleUpdateTwin","queryCondition":"*","updateTwin":{"etag":"*"}})",
        R"({"type":"scheduleUpdateTwin","queryCondition":"*","updateTwin":{"tags":{"a.b":1}}})",
        R"({"type":"scheduleUpdateTwin","updateTwin":{"tags":{"a":1}}})",
        R"({"type":"scheduleUpdateTwin","queryCondition":"tags.x =","updateTwin":{"tags":{}}})",
        R"({"type":"scheduleUpdateTwin","queryCondition":"FROM devices.jobs",)"
        R"("updateTwin":{"tags":{}}})",
        R"({"type":"scheduleDeviceMethod","queryCondition":"*"})",
        R"({"type":"scheduleDeviceMethod","queryCondition":"*","cloudToDeviceMethod":{}})",
        update(R"(,"jobId":"j2")"),
        update(R"(,"startTime":"soon")"),
        update(R"(,"startTime":7)"),
        update(R"(,"startTime":"2200-01-01T00:00:00Z")"),
        update(R"(,"maxExecutionTimeInSeconds":0)"),
        update(R"(,"maxExecutionTimeInSeconds":"60")"),
        update(R"(,"maxExecutionTimeInSeconds":999999999)"),
    };
    for (const std::string& text : cases) {
        const auto request = read(text);
        ASSERT_FALSE(request) << text;
        EXPECT_EQ(request.error().code, ServiceErrorCode::kArgumentInvalid) << text;
        EXPECT_FALSE(request.error().text.empty());
    }
    EXPECT_FALSE(
        read_job_request(boost::json::parse(update("")).as_object(), "a b", kVirtualEpoch));
}

TEST(JobDocument, ShowsADevice) {
    Job job;
    job.id = "j1";
    job.request = std::make_shared<const JobRequest>(read(update("")).value());
    job.created = kVirtualEpoch;
    DeviceJob device;
    device.name = {"d", "m"};
    EXPECT_EQ(boost::json::serialize(device_job_view(job, device)),
              R"({"deviceId":"d","moduleId":"m","jobId":"j1","jobType":"scheduleUpdateTwin",)"
              R"("status":"pending","createdDateTimeUtc":"2026-01-01T00:00:00.0000000Z"})");
    device.status = DeviceJobStatus::kFailed;
    device.updated = kVirtualEpoch;
    device.error = std::make_unique<iothub::ServiceError>(
        iothub::ServiceError{ServiceErrorCode::kDeviceNotFound, "gone"});
    const auto view = device_job_view(job, device);
    EXPECT_EQ(view.at("status"), "failed");
    EXPECT_EQ(view.at("error").at("code"), "DeviceNotFound");
    EXPECT_EQ(view.at("endTimeUtc"), "2026-01-01T00:00:00.0000000Z");
}

TEST(JobDocument, KnowsStatusesByName) {
    Job job;
    EXPECT_TRUE(has_status(job, "scheduled"));
    EXPECT_FALSE(has_status(job, "finished"));
    job.status = JobStatus::kCancelled;
    EXPECT_TRUE(has_status(job, "cancelled"));
    EXPECT_TRUE(has_status(job, "finished"));
    EXPECT_FALSE(is_job_status("Running"));
}

}  // namespace
}  // namespace twinstorm::hub
