#include "hub/rest_configurations.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kOfAgents = "FROM devices.modules WHERE moduleId = 'agent'";

class RestConfigurations : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    static std::string body(std::string_view target, int priority, std::string_view content,
                            std::string_view more = "") {
        return R"({"targetCondition":")" + std::string(target) + R"(","priority":)" +
               std::to_string(priority) + R"(,"content":)" + std::string(content) +
               std::string(more) + "}";
    }
    static std::string level(std::string_view kind, std::string_view value) {
        return R"({")" + std::string(kind) + R"(":{"properties.desired.managed":{"level":")" +
               std::string(value) + R"("}}})";
    }
    RestAnswer put(const std::string& id, const std::string& text, const std::string& etag = "") {
        return rest("PUT", "/configurations/" + id, text, {.if_match = etag});
    }
    std::string level_of(const std::string& twin) {
        return rest("GET", "/twins/" + twin).text("/properties/desired/managed/level");
    }
    void expect_error(const RestAnswer& answer, unsigned status, std::string_view name) {
        EXPECT_EQ(answer.status, status) << name;
        EXPECT_EQ(answer.error_code, name);
    }
};

TEST_F(RestConfigurations, CreatesShowsListsAndRemoves) {
    const RestAnswer made =
        put("c1", body("tags.site='a'", 3, level("deviceContent", "x"),
                       R"(,"id":"c1","labels":{"k":"v"},)"
                       R"("metrics":{"queries":{"all":"SELECT deviceId FROM devices"}})"));
    EXPECT_EQ(made.status, 201U);
    EXPECT_EQ(made.text("/id"), "c1");
    EXPECT_EQ(made.text("/schemaVersion"), "1.0");
    EXPECT_EQ(made.text("/etag"), "MQ==");
    EXPECT_EQ(made.text("/labels/k"), "v");
    EXPECT_EQ(made.number("/priority"), 3);
    EXPECT_EQ(made.number("/systemMetrics/results/targetedCount"), 0);
    EXPECT_EQ(made.number("/metrics/results/all"), 1);
    EXPECT_EQ(made.text("/systemMetrics/queries/targetedCount"),
              "SELECT deviceId FROM devices WHERE tags.site='a'");
    EXPECT_EQ(rest("GET", "/configurations/c1").body, made.body);
    ASSERT_EQ(put("c0", body("*", 0, level("deviceContent", "y"))).status, 201U);
    const RestAnswer list = rest("GET", "/configurations");
    ASSERT_EQ(list.body.as_array().size(), 2U);
    EXPECT_EQ(list.text("/0/id"), "c0");
    EXPECT_EQ(rest("GET", "/configurations?top=1").body.as_array().size(), 1U);
    expect_error(rest("GET", "/configurations?top=0"), 400, "ArgumentInvalid");
    EXPECT_EQ(rest("DELETE", "/configurations/c1").status, 204U);
    expect_error(rest("DELETE", "/configurations/c1"), 404, "ConfigurationNotFound");
    expect_error(rest("GET", "/configurations/c1"), 404, "ConfigurationNotFound");
}

TEST_F(RestConfigurations, UpdatesWithIfMatchOnlyAndKeepsTheContent) {
    const std::string content = level("deviceContent", "x");
    ASSERT_EQ(put("c", body("*", 1, content)).status, 201U);
    expect_error(put("c", body("*", 2, content)), 409, "ConfigurationAlreadyExists");
    expect_error(put("c", body("*", 2, content), "\"bm8=\""), 412, "PreconditionFailed");
    const RestAnswer changed = put("c", body("*", 2, content), "\"MQ==\"");
    EXPECT_EQ(changed.status, 200U);
    EXPECT_EQ(changed.number("/priority"), 2);
    EXPECT_NE(changed.text("/etag"), "MQ==");
    expect_error(put("c", body("*", 2, level("deviceContent", "other")), "*"), 400,
                 "InvalidConfigurationContent");
    expect_error(put("none", body("*", 2, content), "*"), 404, "ConfigurationNotFound");
    expect_error(rest("DELETE", "/configurations/c", {}, {.if_match = "\"MQ==\""}), 412,
                 "PreconditionFailed");
}

TEST_F(RestConfigurations, RefusesBadDocuments) {
    const std::string content = level("deviceContent", "x");
    expect_error(put("UPPER", body("*", 1, content)), 400, "IotHubFormatError");
    expect_error(put(std::string(129, 'x'), body("*", 1, content)), 400, "IotHubFormatError");
    expect_error(put("c", body("this is none", 1, content)), 400,
                 "InvalidConfigurationTargetCondition");
    expect_error(put("c", body("", 1, content)), 400, "InvalidConfigurationTargetCondition");
    expect_error(put("c", body(kOfAgents, 1, content)), 400, "InvalidConfigurationTargetCondition");
    const std::string of_modules = level("moduleContent", "x");
    expect_error(put("c", body("*", 1, of_modules)), 400, "InvalidConfigurationTargetCondition");
    expect_error(put("c", body("FROM devices.modules", 1, of_modules)), 400,
                 "InvalidConfigurationTargetCondition");
    expect_error(put("c", R"({"targetCondition":"*"})"), 400, "InvalidConfigurationContent");
    expect_error(put("c", body("*", -1, content)), 400, "ArgumentInvalid");
    expect_error(put("c", body("*", 1, content, R"(,"schemaVersion":"7")")), 400,
                 "InvalidSchemaVersion");
    expect_error(put("c", body("*", 1, content, R"(,"id":"other")")), 400, "ArgumentInvalid");
    expect_error(put("c", body("*", 1, content, R"(,"labels":{"a":1})")), 400, "ArgumentInvalid");
    for (const std::string_view query :
         {"SELECT", "SELECT COUNT() FROM devices", "SELECT * FROM devices.jobs"}) {
        expect_error(
            put("c", body("*", 1, content,
                          R"(,"metrics":{"queries":{"m":")" + std::string(query) + R"("}})")),
            400, "ArgumentInvalid");
    }
    expect_error(put("c", body("*", 1, content,
                               R"(,"metrics":{"queries":{"1":"","2":"","3":"","4":"","5":"",)"
                               R"("6":""}})")),
                 400, "ArgumentInvalid");
    EXPECT_TRUE(rest("GET", "/configurations").body.as_array().empty());
}

TEST_F(RestConfigurations, ReachesConnectedAgents) {
    const auto agent = online(kAgent, true);
    ASSERT_EQ(put("agents", body(kOfAgents, 5, level("moduleContent", "High"))).status, 201U);
    EXPECT_EQ(agent->answers(),
              "PUBLISH 0 $iothub/twin/PATCH/properties/desired/?$version=2 "
              R"({"managed":{"level":"High"},"$version":2})");
    const RestAnswer twin = rest("GET", "/twins/gw/modules/agent");
    EXPECT_EQ(twin.text("/properties/desired/managed/level"), "High");
    EXPECT_EQ(twin.text("/properties/desired/$metadata/managed/$lastUpdatedBy"), "agents");
    EXPECT_FALSE(
        twin.text("/properties/desired/$metadata/managed/level/$lastUpdatedByDigest").empty());
    EXPECT_EQ(twin.text("/configurations/agents/status"), "Applied");
    EXPECT_EQ(twin.text("/etag"), "AAAAAAAAAAI=");
    const RestAnswer got = rest("GET", "/configurations/agents");
    EXPECT_EQ(got.number("/systemMetrics/results/targetedCount"), 1);
    EXPECT_EQ(got.number("/systemMetrics/results/appliedCount"), 1);
    EXPECT_EQ(got.text("/systemMetrics/queries/targetedCount"),
              "SELECT deviceId, moduleId " + std::string(kOfAgents));
    EXPECT_EQ(level_of("gw"), "");
}

TEST_F(RestConfigurations, TheHigherPriorityWinsAndItsRemovalLetsTheOtherReturn) {
    ASSERT_EQ(put("low", body("*", 1, level("deviceContent", "low"))).status, 201U);
    EXPECT_EQ(level_of("gw"), "low");
    ASSERT_EQ(put("high", body("*", 2, level("deviceContent", "high"))).status, 201U);
    EXPECT_EQ(level_of("gw"), "high");
    EXPECT_EQ(rest("GET", "/twins/gw").text("/configurations/low/status"), "Targeted");
    EXPECT_EQ(rest("GET", "/configurations/low").number("/systemMetrics/results/appliedCount"), 0);
    ASSERT_EQ(rest("DELETE", "/configurations/high").status, 204U);
    EXPECT_EQ(level_of("gw"), "low");
    ASSERT_EQ(rest("DELETE", "/configurations/low").status, 204U);
    const RestAnswer twin = rest("GET", "/twins/gw");
    EXPECT_FALSE(twin.body.at_pointer("/properties/desired").as_object().contains("managed"));
    EXPECT_FALSE(twin.body.as_object().contains("configurations"));
}

TEST_F(RestConfigurations, ATieGoesToTheNewest) {
    ASSERT_EQ(put("b", body("*", 1, level("deviceContent", "old"))).status, 201U);
    ASSERT_EQ(put("a", body("*", 1, level("deviceContent", "new"))).status, 201U);
    EXPECT_EQ(level_of("gw"), "new");
}

TEST_F(RestConfigurations, PathsThatDoNotMeetAreAppliedTogether) {
    ASSERT_EQ(put("a", body("*", 1, R"({"deviceContent":{"properties.desired.x":1}})")).status,
              201U);
    ASSERT_EQ(put("b", body("*", 2, R"({"deviceContent":{"properties.desired.y":2}})")).status,
              201U);
    const RestAnswer twin = rest("GET", "/twins/gw");
    EXPECT_EQ(twin.number("/properties/desired/x"), 1);
    EXPECT_EQ(twin.number("/properties/desired/y"), 2);
    EXPECT_EQ(twin.text("/configurations/a/status"), "Applied");
    EXPECT_EQ(twin.text("/configurations/b/status"), "Applied");
}

TEST_F(RestConfigurations, FollowsTagsEveryFiveMinutes) {
    ASSERT_EQ(put("c", body("tags.on = true", 1, level("deviceContent", "x"))).status, 201U);
    ASSERT_EQ(rest("PATCH", "/twins/gw", R"({"tags":{"on":true}})").status, 200U);
    loop.pass(hub::kConfigurationPeriod - 1s);
    EXPECT_EQ(level_of("gw"), "");
    loop.pass(1s);
    EXPECT_EQ(level_of("gw"), "x");
    ASSERT_EQ(rest("PATCH", "/twins/gw", R"({"tags":{"on":false}})").status, 200U);
    loop.pass(hub::kConfigurationPeriod);
    EXPECT_EQ(level_of("gw"), "");
    EXPECT_EQ(rest("GET", "/configurations/c").number("/systemMetrics/results/targetedCount"), 0);
}

TEST_F(RestConfigurations, WritesNothingWhereNothingDiffers) {
    ASSERT_EQ(put("c", body("*", 1, level("deviceContent", "x"))).status, 201U);
    const auto version = rest("GET", "/twins/gw").number("/version");
    loop.pass(hub::kConfigurationPeriod * 3);
    EXPECT_EQ(rest("GET", "/twins/gw").number("/version"), version);
    // What an operator changed comes back.
    ASSERT_EQ(
        rest("PATCH", "/twins/gw", R"({"properties":{"desired":{"managed":{"level":"mine"}}}})")
            .status,
        200U);
    loop.pass(hub::kConfigurationPeriod);
    EXPECT_EQ(level_of("gw"), "x");
}

TEST_F(RestConfigurations, AppliesToNewIdentitiesAtOnce) {
    ASSERT_EQ(put("c", body("tags.site='n'", 1, level("deviceContent", "x"))).status, 201U);
    ASSERT_EQ(put("m", body(kOfAgents, 1, level("moduleContent", "y"))).status, 201U);
    ASSERT_EQ(rest("POST", "/devices", R"([{"id":"n","importMode":"create","tags":{"site":"n"}}])")
                  .status,
              200U);
    ASSERT_EQ(rest("PUT", "/devices/n/modules/agent", "{}").status, 201U);
    EXPECT_EQ(level_of("n"), "x");
    EXPECT_EQ(level_of("n/modules/agent"), "y");
    EXPECT_EQ(rest("GET", "/configurations/c").number("/systemMetrics/results/appliedCount"), 1);
}

TEST_F(RestConfigurations, EvaluatesManyTwinsInSlices) {
    for (std::size_t i = 0; i < hub::kConfigurationSliceTwins * 2; ++i) {
        ASSERT_EQ(rest("PUT", "/devices/n" + std::to_string(i), "{}").status, 200U);
    }
    ASSERT_EQ(put("c", body("*", 1, level("deviceContent", "x"))).status, 201U);
    const std::string last = "n" + std::to_string(hub::kConfigurationSliceTwins * 2 - 1);
    EXPECT_EQ(rest("GET", "/configurations/c").number("/systemMetrics/results/appliedCount"), 0);
    loop.pass(1ms);
    loop.pass(1ms);
    loop.pass(1ms);
    EXPECT_EQ(level_of(last), "x");
    EXPECT_EQ(rest("GET", "/configurations/c").number("/systemMetrics/results/appliedCount"),
              static_cast<std::int64_t>(hub::kConfigurationSliceTwins * 2 + 1));
}

TEST_F(RestConfigurations, LimitsTheirNumber) {
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(put("c" + std::to_string(i), body("tags.none=1", i, level("deviceContent", "x")))
                      .status,
                  201U);
    }
    expect_error(put("more", body("tags.none=1", 1, level("deviceContent", "x"))), 403,
                 "IotHubQuotaExceeded");
}

TEST_F(RestConfigurations, JudgesQueries) {
    const RestAnswer good = rest("POST", "/configurations/testQueries",
                                 R"({"targetCondition":"tags.a=1","customMetricQueries":{}})");
    EXPECT_EQ(good.status, 200U);
    EXPECT_TRUE(good.body.at("targetConditionError").is_null());
    const RestAnswer bad =
        rest("POST", "/configurations/testQueries",
             R"({"targetCondition":"tags.a=","customMetricQueries":{"x":"SELEC","y":7}})");
    EXPECT_EQ(bad.status, 200U);
    EXPECT_FALSE(bad.text("/targetConditionError").empty());
    EXPECT_FALSE(bad.text("/customMetricQueryErrors/x").empty());
    EXPECT_FALSE(bad.text("/customMetricQueryErrors/y").empty());
    expect_error(rest("POST", "/configurations/testQueries", "["), 400, "ArgumentInvalid");
}

TEST_F(RestConfigurations, AppliesContentToOneDeviceOnce) {
    const std::string path = "/devices/gw/applyConfigurationContent";
    EXPECT_EQ(rest("POST", path, level("deviceContent", "once")).status, 204U);
    EXPECT_EQ(level_of("gw"), "once");
    EXPECT_EQ(rest("POST", path, R"({"modulesContent":{}})").status, 204U);
    const std::string edge =
        R"({"modulesContent":{"$edgeAgent":{"properties.desired":{"schemaVersion":"1.1"}}}})";
    expect_error(rest("POST", path, edge), 404, "ModuleNotFound");
    expect_error(rest("POST", path, level("moduleContent", "x")), 400,
                 "InvalidConfigurationContent");
    expect_error(rest("POST", "/devices/none/applyConfigurationContent", edge), 404,
                 "DeviceNotFound");
    ASSERT_EQ(rest("PUT", "/devices/e", R"({"capabilities":{"iotEdge":true}})").status, 200U);
    EXPECT_EQ(rest("POST", "/devices/e/applyConfigurationContent", edge).status, 204U);
    EXPECT_EQ(rest("GET", "/devices/e/modules/$edgeAgent").text("/managedBy"), "IotEdge");
    EXPECT_EQ(rest("GET", "/twins/e/modules/$edgeAgent").text("/properties/desired/schemaVersion"),
              "1.1");
}

TEST_F(RestConfigurations, DeploysToEdgeDevicesOnly) {
    ASSERT_EQ(rest("PUT", "/devices/e", R"({"capabilities":{"iotEdge":true}})").status, 200U);
    ASSERT_EQ(
        put("edge", body("*", 1, R"({"modulesContent":{"one":{"properties.desired":{"a":1}}}})"))
            .status,
        201U);
    EXPECT_EQ(rest("GET", "/twins/e/modules/one").number("/properties/desired/a"), 1);
    expect_error(rest("GET", "/twins/gw/modules/one"), 404, "ModuleNotFound");
    EXPECT_EQ(rest("GET", "/configurations/edge").number("/systemMetrics/results/targetedCount"),
              1);
}

class RestConfigurationsOnTwoLoops : public ::testing::Test, public HubFixture {
protected:
    RestConfigurationsOnTwoLoops() : HubFixture(options(), 2) {}

    static hub::Options options() {
        hub::Options options;
        options.throttle = false;
        return options;
    }
};

TEST_F(RestConfigurationsOnTwoLoops, ReachesAllShards) {
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(rest("PUT", "/devices/d" + std::to_string(i), "{}").status, 200U);
    }
    const RestAnswer made =
        rest("PUT", "/configurations/c",
             R"({"targetCondition":"*","content":{"deviceContent":{"properties.desired.x":1}}})");
    EXPECT_EQ(made.status, 201U);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(rest("GET", "/twins/d" + std::to_string(i)).number("/properties/desired/x"), 1);
    }
    EXPECT_EQ(rest("GET", "/configurations/c").number("/systemMetrics/results/appliedCount"), 20);
}

}  // namespace
}  // namespace twinstorm::testing
