#include "hub/twin_exchange.h"

#include <string>

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

const std::string kReported = "$iothub/twin/PATCH/properties/reported/?$rid=";
const std::string kGet = "$iothub/twin/GET/?$rid=";

class TwinExchange : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    void desire(std::string_view desired, unsigned status = 200) {
        EXPECT_EQ(rest("PATCH", "/twins/gw/modules/agent",
                       R"({"properties":{"desired":)" + std::string(desired) + "}}")
                      .status,
                  status);
    }
};

TEST_F(TwinExchange, AnswersAGetWithBothSectionsAndNothingElse) {
    desire(R"({"interval":60})");
    auto agent = online(kAgent, true);
    agent->send(publish(kGet + "a-1", " "));
    EXPECT_EQ(agent->answers(),
              R"(PUBLISH 0 $iothub/twin/res/200/?$rid=a-1 {"desired":{"interval":60,"$version":2},)"
              R"("reported":{"$version":1}})");
}

TEST_F(TwinExchange, AcknowledgesARequestAtQos1AsWell) {
    auto agent = online(kAgent, true);
    agent->send(publish(kReported + "1", R"({"a":1})", 5));
    EXPECT_EQ(agent->answers(), "PUBLISH 0 $iothub/twin/res/204/?$rid=1&$version=2 \nPUBACK 5");
}

TEST_F(TwinExchange, AppliesReportedPatchesAndTellsTheVersion) {
    auto agent = online(kAgent, true);
    agent->send(publish(kReported + "1", R"({"fw":"1.2","x":{"y":1}})"));
    agent->send(publish(kReported + "2", R"({"x":null})"));
    agent->send(publish(kReported + "3&$version=7", "{}"));
    EXPECT_EQ(agent->answers(),
              "PUBLISH 0 $iothub/twin/res/204/?$rid=1&$version=2 \n"
              "PUBLISH 0 $iothub/twin/res/204/?$rid=2&$version=3 \n"
              "PUBLISH 0 $iothub/twin/res/204/?$rid=3&$version=4 ");
    const RestAnswer twin = rest("GET", "/twins/gw/modules/agent");
    EXPECT_EQ(twin.text("/properties/reported/fw"), "1.2");
    EXPECT_EQ(twin.number("/properties/reported/x"), -1);
    EXPECT_EQ(twin.number("/properties/reported/$version"), 4);
    EXPECT_EQ(rest("GET", "/twins/gw").number("/properties/reported/$version"), 1);
}

TEST_F(TwinExchange, AnswersBadPatchesWith400AndABodyThatNamesTheError) {
    auto agent = online(kAgent, true);
    for (const std::string body :
         {"", "{", "[1]", R"({"$x":1})", R"({"a.b":1})", R"({"a":4503599627370496})"}) {
        agent->send(publish(kReported + "9", body));
        const std::string answer = agent->answers();
        const std::string head = "PUBLISH 0 $iothub/twin/res/400/?$rid=9 ";
        ASSERT_TRUE(answer.starts_with(head)) << body << ": " << answer;
        const auto error = boost::json::parse(answer.substr(head.size()));
        EXPECT_EQ(error.at("errorCode").as_int64(), 400004) << body;
        EXPECT_FALSE(error.at("trackingId").as_string().empty());
        EXPECT_FALSE(error.at("message").as_string().empty());
        EXPECT_TRUE(error.at("timestampUtc").as_string().starts_with("2026-01-01T00:00:00"));
    }
    EXPECT_TRUE(agent->open());
    EXPECT_EQ(status("/twins/refused"), 6);
    EXPECT_EQ(rest("GET", "/twins/gw/modules/agent").number("/version"), 2);
}

TEST_F(TwinExchange, SaysNothingWithoutTheResponseSubscription) {
    auto agent = online(kAgent);
    agent->send(publish(kGet + "1", "") + publish(kReported + "2", R"({"a":1})", 3));
    EXPECT_EQ(agent->answers(), "PUBACK 3");
    EXPECT_EQ(rest("GET", "/twins/gw/modules/agent").number("/properties/reported/a"), 1);
}

TEST_F(TwinExchange, NoticesDesiredChangesWithNullsAndVersion) {
    auto agent = online(kAgent, true);
    desire(R"({"a":1,"b":{"c":null},"$version":99})");
    EXPECT_TRUE(agent->was_woken());
    EXPECT_EQ(agent->answers(), R"(PUBLISH 0 $iothub/twin/PATCH/properties/desired/?$version=2 )"
                                R"({"a":1,"b":{"c":null},"$version":2})");
    EXPECT_EQ(status("/twins/notices"), 1);
}

TEST_F(TwinExchange, NoticesAReplacementWithTheWholeSection) {
    desire(R"({"old":1})");
    auto agent = online(kAgent, true);
    ASSERT_EQ(
        rest("PUT", "/twins/gw/modules/agent", R"({"properties":{"desired":{"new":2}}})").status,
        200);
    EXPECT_EQ(agent->answers(), R"(PUBLISH 0 $iothub/twin/PATCH/properties/desired/?$version=3 )"
                                R"({"new":2,"$version":3})");
    desire("null");
    EXPECT_EQ(agent->answers(), R"(PUBLISH 0 $iothub/twin/PATCH/properties/desired/?$version=4 )"
                                R"({"$version":4})");
}

TEST_F(TwinExchange, TellsNobodyOfTagsOrOfRefusedWrites) {
    auto agent = online(kAgent, true);
    ASSERT_EQ(rest("PATCH", "/twins/gw/modules/agent", R"({"tags":{"a":1}})").status, 200);
    desire(R"({"a.b":1})", 400);
    ASSERT_EQ(rest("PATCH", "/twins/gw", R"({"properties":{"desired":{"a":1}}})").status, 200);
    EXPECT_EQ(agent->answers(), "");
}

TEST_F(TwinExchange, TellsOnlyTheSubscribedAndConnected) {
    auto agent = online(kAgent);
    desire(R"({"a":1})");
    EXPECT_EQ(agent->answers(), "");
    agent->send(subscribe(1, {{"$iothub/twin/PATCH/properties/desired/#", 0}}));
    EXPECT_EQ(agent->answers(), "SUBACK 1: 0");  // What was missed is not queued.
    agent->send(unsubscribe(2, {"$iothub/twin/PATCH/properties/desired/#"}));
    desire(R"({"a":2})");
    EXPECT_EQ(agent->answers(), "UNSUBACK 2");
    EXPECT_EQ(status("/twins/notices"), 0);
}

TEST_F(TwinExchange, ClosesOnARequestIdThatCannotBeEchoed) {
    auto agent = online(kAgent, true);
    agent->send(publish(kGet + std::string(hub::kRequestIdBytesMax, 'r'), ""));
    EXPECT_TRUE(agent->open());
    agent->send(publish(kGet + std::string(65000, 'r'), ""));
    EXPECT_FALSE(agent->open());
    EXPECT_EQ(status("/dropped/request-id"), 1);
}

}  // namespace
}  // namespace twinstorm::testing
