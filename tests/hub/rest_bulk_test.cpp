#include "hub/rest_bulk.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

class RestBulk : public ::testing::Test, public HubFixture {
protected:
    RestAnswer bulk(const std::string& items) { return rest("POST", "/devices", items); }

    void expect_success(const std::string& items) {
        const RestAnswer answer = bulk(items);
        EXPECT_EQ(answer.status, 200U) << items;
        EXPECT_TRUE(answer.body.at("isSuccessful").as_bool()) << items;
        EXPECT_TRUE(answer.body.at("errors").as_array().empty());
        EXPECT_TRUE(answer.body.at("warnings").as_array().empty());
    }

    void expect_failure(const std::string& items, std::string_view code) {
        const RestAnswer answer = bulk(items);
        EXPECT_EQ(answer.status, 400U) << items;
        EXPECT_FALSE(answer.body.at("isSuccessful").as_bool()) << items;
        EXPECT_EQ(answer.text("/errors/0/errorCode"), code) << items;
        EXPECT_FALSE(answer.text("/errors/0/errorStatus").empty());
    }
};

TEST_F(RestBulk, CreatesDevicesAndModulesInOneRequest) {
    expect_success(R"([{"id":"a","importMode":"create","tags":{"t":1},)"
                   R"("properties":{"desired":{"x":1},"reported":{"y":2}}},)"
                   R"({"id":"a","moduleId":"m","importMode":"create","status":"enabled"},)"
                   R"({"id":"b","importMode":"create","status":"disabled"}])");
    EXPECT_EQ(rest("GET", "/devices/a/modules/m").status, 200U);
    EXPECT_EQ(rest("GET", "/devices/b").text("/status"), "disabled");
    const RestAnswer twin = rest("GET", "/twins/a");
    EXPECT_EQ(twin.number("/tags/t"), 1);
    EXPECT_EQ(twin.number("/properties/desired/x"), 1);
    EXPECT_EQ(twin.number("/properties/reported/y"), 2);
}

TEST_F(RestBulk, AppliesWhatDoesNotFail) {
    expect_success(R"([{"id":"a","importMode":"create"}])");
    const RestAnswer answer =
        bulk(R"([{"id":"a","importMode":"create"},{"id":"b","importMode":"create"},)"
             R"({"id":"none","moduleId":"m","importMode":"create"}])");
    EXPECT_EQ(answer.status, 400U);
    ASSERT_EQ(answer.body.at("errors").as_array().size(), 2U);
    EXPECT_EQ(answer.text("/errors/0/deviceId"), "a");
    EXPECT_EQ(answer.text("/errors/0/errorCode"), "DeviceAlreadyExists");
    EXPECT_EQ(answer.text("/errors/0/operation"), "create");
    EXPECT_EQ(answer.text("/errors/1/moduleId"), "m");
    EXPECT_EQ(answer.text("/errors/1/errorCode"), "DeviceNotFound");
    EXPECT_EQ(rest("GET", "/devices/b").status, 200U);
}

TEST_F(RestBulk, UpdatesWithAndWithoutAnEtag) {
    expect_success(R"([{"id":"a"}])");  // createOrUpdate is the default.
    expect_success(R"([{"id":"a","importMode":"update","status":"disabled"}])");
    const std::string etag = rest("GET", "/devices/a").text("/etag");
    expect_failure(R"([{"id":"a","importMode":"updateIfMatchETag","eTag":"other"}])",
                   "EtagDoesNotMatch");
    expect_failure(R"([{"id":"a","importMode":"updateIfMatchETag"}])", "ArgumentInvalid");
    expect_success(R"([{"id":"a","importMode":"updateIfMatchETag","eTag":")" + etag + R"("}])");
    EXPECT_EQ(rest("GET", "/devices/a").text("/status"), "enabled");
    expect_failure(R"([{"id":"none","importMode":"update"}])", "DeviceNotFound");
    expect_success(R"([{"id":"a","importMode":"createOrUpdate","status":"disabled"}])");
    EXPECT_EQ(rest("GET", "/devices/a").text("/status"), "disabled");
}

TEST_F(RestBulk, DeletesWithAndWithoutAnEtag) {
    expect_success(R"([{"id":"a"},{"id":"a","moduleId":"m"},{"id":"b"}])");
    const std::string etag = rest("GET", "/devices/b").text("/etag");
    expect_success(R"([{"id":"a","moduleId":"m","importMode":"delete"}])");
    expect_failure(R"([{"id":"b","importMode":"deleteIfMatchETag","eTag":"other"}])",
                   "EtagDoesNotMatch");
    expect_success(R"([{"id":"a","importMode":"delete"},{"id":"b",)"
                   R"("importMode":"deleteIfMatchETag","eTag":")" +
                   etag + R"("}])");
    expect_failure(R"([{"id":"a","importMode":"delete"}])", "DeviceNotFound");
    EXPECT_TRUE(rest("GET", "/devices").body.as_array().empty());
}

TEST_F(RestBulk, UpdatesTwins) {
    expect_success(R"([{"id":"a"},{"id":"a","moduleId":"m"}])");
    expect_success(R"([{"id":"a","moduleId":"m","importMode":"updateTwin",)"
                   R"("properties":{"desired":{"x":1}}}])");
    const RestAnswer twin = rest("GET", "/twins/a/modules/m");
    EXPECT_EQ(twin.number("/properties/desired/x"), 1);
    expect_failure(R"([{"id":"a","moduleId":"m","importMode":"updateTwinIfMatchETag",)"
                   R"("twinETag":"AAAAAAAAAAE=","tags":{"t":1}}])",
                   "EtagDoesNotMatch");
    expect_success(R"([{"id":"a","moduleId":"m","importMode":"updateTwinIfMatchETag",)"
                   R"("twinETag":")" +
                   twin.text("/etag") + R"(","tags":{"t":1}}])");
    EXPECT_EQ(rest("GET", "/twins/a/modules/m").number("/tags/t"), 1);
    expect_failure(R"([{"id":"a","importMode":"updateTwin","tags":{"a.b":1}}])", "ArgumentInvalid");
    expect_failure(R"([{"id":"none","importMode":"updateTwin"}])", "DeviceNotFound");
}

TEST_F(RestBulk, KnowsTheModesInAnyCase) {
    expect_success(R"([{"id":"a","importMode":"Create"}])");
    expect_success(R"([{"id":"a","importMode":"Update","status":"disabled"}])");
    const std::string etag = rest("GET", "/devices/a").text("/etag");
    expect_success(R"([{"id":"a","importMode":"UpdateIfMatchETag","eTag":")" + etag + R"("}])");
    expect_failure(R"([{"id":"a","importMode":"DeleteIfMatchETag","etag":"other"}])",
                   "EtagDoesNotMatch");
    expect_success(R"([{"id":"a","importMode":"Delete"}])");
}

TEST_F(RestBulk, TakesEachIdentityOnce) {
    const RestAnswer answer = bulk(R"([{"id":"a","importMode":"create"},)"
                                   R"({"id":"a","moduleId":"m","importMode":"create"},)"
                                   R"({"id":"a","importMode":"delete"}])");
    EXPECT_EQ(answer.status, 400U);
    ASSERT_EQ(answer.body.at("errors").as_array().size(), 1U);
    EXPECT_EQ(answer.text("/errors/0/errorCode"), "DeviceDefinedMultipleTimes");
    EXPECT_EQ(answer.text("/errors/0/deviceId"), "a");
    EXPECT_EQ(answer.text("/errors/0/operation"), "delete");
    EXPECT_EQ(rest("GET", "/devices/a/modules/m").status, 200U);
}

TEST_F(RestBulk, WarnsOfADeviceWhoseTwinCouldNotBeWritten) {
    const RestAnswer answer = bulk(R"([{"id":"a","importMode":"create","tags":{"a.b":1}}])");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.text("/warnings/0/deviceId"), "a");
    EXPECT_EQ(answer.text("/warnings/0/warningCode"), "DeviceRegisteredWithoutTwin");
    EXPECT_EQ(rest("GET", "/devices/a").status, 200U);
}

TEST_F(RestBulk, ReportsItemsItCannotRead) {
    expect_failure("[1]", "ArgumentInvalid");
    expect_failure("[{}]", "ArgumentInvalid");
    expect_failure(R"([{"id":7}])", "ArgumentInvalid");
    expect_failure(R"([{"id":"a","importMode":"explode"}])", "ArgumentInvalid");
    expect_failure(R"([{"id":"a b","importMode":"create"}])", "IotHubFormatError");
}

TEST_F(RestBulk, RefusesWhatIsNoListOfAHundred) {
    EXPECT_EQ(bulk("{}").error_code, "ArgumentInvalid");
    EXPECT_EQ(bulk("[").error_code, "ArgumentInvalid");
    const auto items = [](std::size_t count) {
        std::string text = "[";
        for (std::size_t i = 0; i < count; ++i) {
            text += (i == 0 ? "" : ",") + (R"({"id":"d)" + std::to_string(i) + R"("})");
        }
        return text + "]";
    };
    EXPECT_EQ(bulk(items(hub::kBulkItemsMax + 1)).status, 400U);
    EXPECT_TRUE(rest("GET", "/devices").body.as_array().empty());
    expect_success(items(hub::kBulkItemsMax));
    expect_success("[]");
}

}  // namespace
}  // namespace twinstorm::testing
