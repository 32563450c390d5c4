#include "hub/job_runner.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

constexpr int kOverCredit = 3300;  // S3 has credit for 3,000 devices, then does 50 a second.

hub::Options options() {
    hub::Options options;
    options.partitions = 6;
    options.throttle = false;
    return options;
}

hub::Options throttled_options() {
    hub::Options options;
    options.tier = iothub::Tier::kS3;
    return options;
}

class JobRunner : public HubFixture, public ::testing::Test {
protected:
    explicit JobRunner(hub::Options hub_options = options(), std::size_t loops = 1)
        : HubFixture(std::move(hub_options), loops) {}

    void create_devices(int count) {
        for (int first = 0; first < count; first += 100) {
            std::string items;
            for (int i = first; i < std::min(count, first + 100); ++i) {
                items += fmt::format(R"({}{{"id":"d-{:04}"}})", items.empty() ? "" : ",", i);
            }
            ASSERT_EQ(rest("POST", "/devices", "[" + items + "]").status, 200U);
        }
    }

    RestAnswer update(std::string_view id, std::string_view condition = "*",
                      std::string_view more = "") {
        return rest("PUT", fmt::format("/jobs/v2/{}", id),
                    fmt::format(R"({{"jobId":"{}","type":"scheduleUpdateTwin",)"
                                R"("queryCondition":"{}","updateTwin":{{"etag":"*",)"
                                R"("properties":{{"desired":{{"x":1}}}}}}{}}})",
                                id, condition, more));
    }

    RestAnswer call(std::string_view id, std::string_view more = "") {
        return rest("PUT", fmt::format("/jobs/v2/{}", id),
                    fmt::format(R"({{"type":"scheduleDeviceMethod","queryCondition":"*",)"
                                R"("cloudToDeviceMethod":{{"methodName":"go"}}{}}})",
                                more));
    }

    RestAnswer job(std::string_view id) { return rest("GET", fmt::format("/jobs/v2/{}", id)); }

    void pass(Duration duration) {
        loop.pass(duration);
        settle();
        loop.pass(0s);
    }
};

class JobRunnerOnLoops : public JobRunner {
protected:
    JobRunnerOnLoops() : JobRunner(options(), 3) {}
};

class ThrottledJobRunner : public JobRunner {
protected:
    ThrottledJobRunner() : JobRunner(throttled_options()) { create_devices(kOverCredit); }
};

TEST_F(JobRunner, UpdatesTheTwinsThatAConditionHoldsFor) {
    create_devices(5);
    const RestAnswer created = update("j1", "deviceId IN ['d-0001','d-0003','none']");
    EXPECT_EQ(created.status, 200U);
    EXPECT_EQ(created.text("/status"), "enqueued");
    pass(0s);
    const RestAnswer done = job("j1");
    EXPECT_EQ(done.text("/status"), "completed");
    EXPECT_EQ(done.text("/type"), "scheduleUpdateTwin");
    EXPECT_EQ(done.number("/deviceJobStatistics/deviceCount"), 2);
    EXPECT_EQ(done.number("/deviceJobStatistics/succeededCount"), 2);
    EXPECT_FALSE(done.text("/endTime").empty());
    EXPECT_EQ(rest("GET", "/twins/d-0003").number("/properties/desired/x"), 1);
    EXPECT_EQ(rest("GET", "/twins/d-0002").number("/properties/desired/x"), -1);
}

TEST_F(JobRunnerOnLoops, UpdateTwinsWhereverTheyAre) {
    create_devices(40);
    ASSERT_EQ(update("j1").status, 200U);
    pass(0s);
    EXPECT_EQ(job("j1").number("/deviceJobStatistics/succeededCount"), 40);
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(rest("GET", fmt::format("/twins/d-{:04}", i)).number("/properties/desired/x"), 1);
    }
}

TEST_F(JobRunner, TellsConnectedModules) {
    create_gateway();
    const auto agent = online(kAgent, true);
    ASSERT_EQ(update("j1", "FROM devices.modules WHERE moduleId = 'agent'").status, 200U);
    pass(0s);
    EXPECT_EQ(
        agent->answers(),
        R"(PUBLISH 0 $iothub/twin/PATCH/properties/desired/?$version=2 {"x":1,"$version":2})");
}

TEST_F(JobRunner, WaitsForItsTime) {
    create_devices(1);
    const RestAnswer created = update("j1", "*", R"(,"startTime":"2026-01-01T01:00:00Z")");
    EXPECT_EQ(created.text("/status"), "scheduled");
    pass(1h - 1ns);
    EXPECT_EQ(job("j1").text("/status"), "scheduled");
    pass(1ns);
    EXPECT_EQ(job("j1").text("/status"), "completed");
}

TEST_F(ThrottledJobRunner, KeepsToTheTiersRate) {
    ASSERT_EQ(update("j1").status, 200U);
    pass(0s);
    EXPECT_EQ(job("j1").number("/deviceJobStatistics/succeededCount"), 3000);
    EXPECT_EQ(job("j1").text("/status"), "running");
    pass(5s);
    EXPECT_EQ(job("j1").number("/deviceJobStatistics/succeededCount"), 3250);
    EXPECT_EQ(job("j1").number("/deviceJobStatistics/pendingCount"), 50);
    pass(5s);
    EXPECT_EQ(job("j1").text("/status"), "completed");
}

TEST_F(JobRunner, RunsAsManyJobsAsTheTierAllows) {
    create_devices(1);
    ASSERT_EQ(call("j1", R"(,"startTime":"2026-01-01T00:00:01Z")").status, 200U);
    ASSERT_EQ(update("j2", "*", R"(,"startTime":"2026-01-01T00:00:01Z")").status, 200U);
    const auto device = online({"d-0000", ""});
    device->send(subscribe(1, {{"$iothub/methods/POST/#", 0}}));
    pass(1s);
    EXPECT_EQ(job("j1").text("/status"), "running");
    EXPECT_EQ(job("j2").text("/status"), "queued");
    EXPECT_EQ(update("j3").error_code, "ThrottlingMaxActiveJobCountExceeded");
    pass(30s);  // The method's time is over.
    EXPECT_EQ(job("j1").text("/status"), "failed");
    EXPECT_EQ(job("j2").text("/status"), "completed");
    EXPECT_EQ(update("j3").status, 200U);
}

TEST_F(JobRunner, CallsMethodsAndKeepsTheirAnswers) {
    create_devices(2);
    const auto device = online({"d-0001", ""});
    device->send(subscribe(1, {{"$iothub/methods/POST/#", 0}}));
    ASSERT_EQ(device->answers(), "SUBACK 1: 0");
    ASSERT_EQ(call("j1").status, 200U);
    pass(0s);
    const std::string asked = device->answers();
    const std::string rid = asked.substr(asked.find("$rid=") + 5, 1);
    device->send(publish("$iothub/methods/res/201/?$rid=" + rid, R"({"ok":true})"));
    pass(0s);
    EXPECT_EQ(job("j1").text("/status"), "completed");
    EXPECT_EQ(job("j1").number("/deviceJobStatistics/failedCount"), 1);
    const RestAnswer rows =
        rest("POST", "/devices/query", R"({"query":"SELECT * FROM devices.jobs"})");
    EXPECT_EQ(rows.item_type, "DeviceJob");
    EXPECT_EQ(rows.text("/0/error/code"), "DeviceNotOnline");
    EXPECT_EQ(rows.text("/1/status"), "completed");
    EXPECT_EQ(rows.number("/1/outcome/deviceMethodResponse/status"), 201);
}

TEST_F(ThrottledJobRunner, StopsWhenCancelled) {
    ASSERT_EQ(update("j1").status, 200U);
    pass(0s);
    const RestAnswer cancelled = rest("POST", "/jobs/v2/j1/cancel");
    EXPECT_EQ(cancelled.status, 200U);
    EXPECT_EQ(cancelled.text("/status"), "cancelled");
    pass(10s);
    EXPECT_EQ(job("j1").number("/deviceJobStatistics/succeededCount"), 3000);
    EXPECT_EQ(rest("GET", "/twins/d-3200").number("/properties/desired/x"), -1);
    EXPECT_EQ(rest("POST", "/jobs/v2/j1/cancel").text("/status"), "cancelled");
}

TEST_F(JobRunner, CanBeCancelledBeforeItStarts) {
    create_devices(1);
    ASSERT_EQ(update("j1", "*", R"(,"startTime":"2026-01-01T01:00:00Z")").status, 200U);
    EXPECT_EQ(rest("POST", "/jobs/v2/j1/cancel").text("/status"), "cancelled");
    pass(2h);
    EXPECT_EQ(job("j1").text("/status"), "cancelled");
    EXPECT_EQ(rest("GET", "/twins/d-0000").number("/properties/desired/x"), -1);
}

TEST_F(ThrottledJobRunner, EndsWhenItsTimeIsOver) {
    ASSERT_EQ(update("j1", "*", R"(,"maxExecutionTimeInSeconds":5)").status, 200U);
    pass(6s);
    EXPECT_EQ(job("j1").text("/status"), "failed");
    EXPECT_FALSE(job("j1").text("/failureReason").empty());
    // Whether the device of the last instant is still done is decided by the order of work.
    EXPECT_GE(job("j1").number("/deviceJobStatistics/failedCount"), 50);
    EXPECT_EQ(job("j1").number("/deviceJobStatistics/pendingCount"), 0);
}

TEST_F(JobRunner, NotesWhoseEtagHasChanged) {
    create_devices(1);
    ASSERT_EQ(rest("PUT", "/jobs/v2/j1",
                   R"({"type":"scheduleUpdateTwin","queryCondition":"*",)"
                   R"("updateTwin":{"etag":"other","tags":{"a":1}}})")
                  .status,
              200U);
    pass(0s);
    EXPECT_EQ(job("j1").text("/status"), "failed");
    const RestAnswer rows =
        rest("POST", "/devices/query", R"({"query":"SELECT * FROM devices.jobs"})");
    EXPECT_EQ(rows.text("/0/error/code"), "PreconditionFailed");
}

TEST_F(JobRunner, CompletesWithoutDevices) {
    ASSERT_EQ(update("j1").status, 200U);
    pass(0s);
    EXPECT_EQ(job("j1").text("/status"), "completed");
    EXPECT_EQ(job("j1").number("/deviceJobStatistics/deviceCount"), 0);
}

}  // namespace
}  // namespace twinstorm::testing
