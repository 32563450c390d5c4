#include "hub/rest_jobs.h"

#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

hub::Options options() {
    hub::Options options;
    options.throttle = false;
    return options;
}

class RestJobs : public ::testing::Test, public HubFixture {
protected:
    RestJobs() : HubFixture(options()) {}

    RestAnswer schedule(const std::string& id) {
        return rest("PUT", "/jobs/v2/" + id,
                    R"({"type":"scheduleUpdateTwin","queryCondition":"*","updateTwin":{"tags":)"
                    R"({"a":1}},"startTime":"2026-01-01T01:00:00Z"})");
    }
};

TEST_F(RestJobs, KnowsItsJobsById) {
    EXPECT_EQ(rest("GET", "/jobs/v2/j1").error_code, "JobNotFound");
    EXPECT_EQ(rest("POST", "/jobs/v2/j1/cancel").status, 404U);
    EXPECT_EQ(schedule("j1").status, 200U);
    EXPECT_EQ(rest("GET", "/jobs/v2/j1").text("/jobId"), "j1");
    EXPECT_EQ(schedule("j1").error_code, "JobAlreadyExists");
    EXPECT_EQ(rest("PUT", "/jobs/v2/j2", "{").error_code, "ArgumentInvalid");
    EXPECT_EQ(rest("DELETE", "/jobs/v2/j1").status, 405U);
}

TEST_F(RestJobs, BoundsThoseThatWait) {
    for (std::size_t i = 0; i < hub::kJobsWaitingMax; ++i) {
        ASSERT_EQ(schedule(fmt::format("j{}", i)).status, 200U);
    }
    EXPECT_EQ(schedule("one-more").error_code, "JobQuotaExceeded");
}

TEST_F(RestJobs, ListsThemInPages) {
    for (const char* const id : {"a", "b", "c"}) {
        ASSERT_EQ(schedule(id).status, 200U);
    }
    ASSERT_EQ(rest("POST", "/jobs/v2/b/cancel").status, 200U);
    EXPECT_EQ(rest("GET", "/jobs/v2/query").body.as_array().size(), 3U);
    EXPECT_EQ(rest("GET", "/jobs/v2/query?jobStatus=cancelled").text("/0/jobId"), "b");
    EXPECT_EQ(rest("GET", "/jobs/v2/query?jobType=scheduleDeviceMethod").body.as_array().size(),
              0U);
    EXPECT_EQ(rest("GET", "/jobs/v2/query?jobType=party").status, 400U);
    EXPECT_EQ(rest("GET", "/jobs/v2/query?jobStatus=tired").status, 400U);

    const std::string path = "/jobs/v2/query?jobStatus=scheduled&jobType=scheduleUpdateTwin";
    const RestAnswer first = rest("GET", path, {}, {.item_count = "1"});
    EXPECT_EQ(first.item_type, "JobResponse");
    EXPECT_EQ(first.text("/0/jobId"), "a");
    ASSERT_FALSE(first.continuation.empty());
    const RestAnswer last =
        rest("GET", path, {}, {.item_count = "1", .continuation = first.continuation});
    EXPECT_EQ(last.text("/0/jobId"), "c");
    EXPECT_TRUE(last.continuation.empty());
}

TEST_F(RestJobs, HaveNoStorageToImportFrom) {
    EXPECT_EQ(rest("POST", "/jobs/create", R"({"type":"export"})").error_code,
              "BlobContainerValidationError");
    EXPECT_EQ(rest("GET", "/jobs").body.as_array().size(), 0U);
    EXPECT_EQ(rest("GET", "/jobs/x").error_code, "JobNotFound");
    EXPECT_EQ(rest("DELETE", "/jobs/x").error_code, "JobNotFound");
}

}  // namespace
}  // namespace twinstorm::testing
