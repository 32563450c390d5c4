#include "hub/twin_index.h"

#include <string>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

class TwinIndex : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    void set_faults(const std::string& faults) {
        ASSERT_EQ(rest("PUT", "/admin/faults", R"({"faults":[)" + faults + "]}",
                       {.authorization = "Bearer " + hub->admin_token().reveal()})
                      .status,
                  204U);
    }
    void make_stale(const std::string& more = {}) {
        set_faults(R"({"stale_queries":{"by_us":30000000})" + more + "}");
    }
    void tag(const std::string& value, const std::string& device = "gw") {
        ASSERT_EQ(rest("PATCH", "/twins/" + device, R"({"tags":{"a":")" + value + "\"}}").status,
                  200U);
    }
    std::string query(const std::string& text) {
        return boost::json::serialize(
            rest("POST", "/devices/query", R"({"query":")" + text + "\"}").body);
    }
    std::string tags() { return query("SELECT deviceId, tags FROM devices"); }
    static std::string tagged(const std::string& value) {
        return R"([{"deviceId":"gw","tags":{"a":")" + value + "\"}}]";
    }
    std::string found(const std::string& value) {
        return query("SELECT deviceId FROM devices WHERE tags.a = '" + value + "'");
    }
};

TEST_F(TwinIndex, StopsAtTheFaultsBeginAndFollowsAtItsDistance) {
    tag("before");
    loop.pass(1s);
    make_stale();
    loop.pass(10s);
    tag("first");
    loop.pass(10s);
    tag("second");
    EXPECT_EQ(tags(), tagged("before"));
    EXPECT_EQ(rest("GET", "/twins/gw").text("/tags/a"), "second") << "a twin is never stale";
    loop.pass(20s - 1ns);  // 40 s after the begin, almost.
    EXPECT_EQ(tags(), tagged("before"));
    loop.pass(1ns);
    EXPECT_EQ(tags(), tagged("first"));
    loop.pass(10s);
    EXPECT_EQ(tags(), tagged("second"));
}

TEST_F(TwinIndex, IsWhatConditionsAndAggregatesSee) {
    tag("before");
    loop.pass(1s);
    make_stale();
    loop.pass(1s);
    tag("after");
    EXPECT_EQ(found("before"), R"([{"deviceId":"gw"}])");
    EXPECT_EQ(found("after"), "[]");
    EXPECT_EQ(query("SELECT tags.a, COUNT() AS n FROM devices GROUP BY tags.a"),
              R"([{"a":"before","n":1}])");
    loop.pass(30s);
    EXPECT_EQ(found("after"), R"([{"deviceId":"gw"}])");
}

TEST_F(TwinIndex, KnowsReportedPropertiesLate) {
    make_stale();
    loop.pass(1s);
    auto agent = online(kAgent, true);
    agent->send(publish("$iothub/twin/PATCH/properties/reported/?$rid=1", R"({"fw":"2"})"));
    const auto firmware = [&] {
        return query("SELECT properties.reported.fw FROM devices.modules");
    };
    EXPECT_EQ(firmware(), "[{}]");
    loop.pass(30s);
    EXPECT_EQ(firmware(), R"([{"fw":"2"}])");
}

TEST_F(TwinIndex, LearnsOfNewTwinsLate) {
    loop.pass(1s);
    make_stale();
    loop.pass(1s);
    ASSERT_EQ(rest("PUT", "/devices/new", "{}").status, 200U);
    EXPECT_EQ(query("SELECT deviceId FROM devices"), R"([{"deviceId":"gw"}])");
    EXPECT_EQ(query("SELECT COUNT() AS n FROM devices"), R"([{"n":1}])");
    loop.pass(30s);
    EXPECT_EQ(query("SELECT COUNT() AS n FROM devices"), R"([{"n":2}])");
}

TEST_F(TwinIndex, IsUpToDateAgainWithTheFaultsEnd) {
    tag("before");
    loop.pass(1s);
    make_stale(R"(,"duration_us":5000000)");
    loop.pass(1s);
    tag("after");
    EXPECT_EQ(tags(), tagged("before"));
    loop.pass(4s);
    EXPECT_EQ(tags(), tagged("after"));
    make_stale();  // Of what was kept before, nothing comes back.
    EXPECT_EQ(tags(), tagged("after"));
}

TEST_F(TwinIndex, IsNotToldOfWritesThatWereRefused) {
    tag("before");
    make_stale();
    EXPECT_EQ(rest("PATCH", "/twins/gw", R"({"tags":{"a":"x"}})", {.if_match = "\"no\""}).status,
              412U);
    EXPECT_EQ(tags(), tagged("before"));
}

}  // namespace
}  // namespace twinstorm::testing
