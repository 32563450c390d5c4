#include "hub/admin.h"

#include <string>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

class Admin : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    static PacketBytes security_message(int sequence) {
        return publish(
            "devices/gw/modules/agent/messages/events/"
            "%24.mid=gw-" +
                std::to_string(sequence) +
                "&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1",
            "12345678", 1);
    }
};

// Without the instant since when it counts.
std::string counts(RestAnswer answer) {
    boost::json::object& ledger = answer.body.as_object();
    EXPECT_TRUE(ledger.contains("since"));
    // erase() would move the last member up.
    ledger.stable_erase(ledger.find("since"));
    return boost::json::serialize(ledger);
}

TEST_F(Admin, ShowsTheLedger) {
    auto agent = online(kAgent);
    for (const int sequence : {0, 1, 3, 2, 3}) {
        agent->send(security_message(sequence));
    }
    EXPECT_EQ(counts(admin("GET", "/admin/ledger")),
              R"({"received":5,"distinct":4,"duplicated":1,"reordered":1,"bytes":40,"billed":5,)"
              R"("identities":[["gw","agent",5,4,1,1]],)"
              R"("telemetry":{"received":0,"distinct":0,"duplicated":0,"reordered":0,"bytes":0,)"
              R"("billed":0,"identities":[]}})");
}

TEST_F(Admin, TellsPlainTelemetryFromSecurityMessages) {
    auto agent = online(kAgent);
    agent->send(security_message(1));
    for (const int sequence : {1, 2, 2}) {
        agent->send(publish(
            "devices/gw/modules/agent/messages/events/%24.mid=gw-" + std::to_string(sequence),
            "123", 1));
    }
    const RestAnswer answer = admin("GET", "/admin/ledger");
    EXPECT_EQ(answer.number("/received"), 1);
    EXPECT_EQ(answer.number("/duplicated"), 0);
    EXPECT_EQ(answer.number("/telemetry/received"), 3);
    EXPECT_EQ(answer.number("/telemetry/distinct"), 2);
    EXPECT_EQ(answer.number("/telemetry/duplicated"), 1);
    EXPECT_EQ(boost::json::serialize(answer.body.at("telemetry").at("identities")),
              R"([["gw","agent",3,2,1,0]])");
}

TEST_F(Admin, KeepsTheLedgerOfADeletedIdentity) {
    online(kAgent)->send(security_message(1));
    ASSERT_EQ(rest("DELETE", "/devices/gw").status, 204U);
    EXPECT_EQ(admin("GET", "/admin/ledger").body.at("identities").as_array().size(), 1U);
}

TEST_F(Admin, ResetsTheLedger) {
    auto agent = online(kAgent);
    agent->send(security_message(1));
    EXPECT_EQ(admin("DELETE", "/admin/ledger").status, 200U);
    EXPECT_EQ(counts(admin("GET", "/admin/ledger")),
              R"({"received":0,"distinct":0,"duplicated":0,"reordered":0,"bytes":0,"billed":0,)"
              R"("identities":[],)"
              R"("telemetry":{"received":0,"distinct":0,"duplicated":0,"reordered":0,"bytes":0,)"
              R"("billed":0,"identities":[]}})");
    agent->send(security_message(1));
    EXPECT_EQ(admin("GET", "/admin/ledger").number("/distinct"), 1);
}

TEST_F(Admin, ShowsTheStatus) {
    auto agent = online(kAgent);
    HubClient stranger(loop, *hub);
    loop.pass(2500ms);
    const RestAnswer answer = admin("GET", "/admin/status");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_DOUBLE_EQ(answer.body.at("uptime_s").as_double(), 2.5);
    EXPECT_EQ(answer.number("/devices"), 1);
    EXPECT_EQ(answer.number("/connections/open"), 1);
    EXPECT_EQ(answer.number("/connections/before_connect"), 1);
    EXPECT_EQ(answer.number("/connections/accepted"), 1);
    EXPECT_EQ(answer.number("/take_overs"), 0);
    EXPECT_EQ(answer.text("/journal"), "off");
}

TEST_F(Admin, WantsItsToken) {
    for (const std::string& authorization :
         {std::string("Bearer "), std::string("Bearer wrong"), hub->admin_token().reveal(),
          "bearer " + hub->admin_token().reveal(), "Bearer " + hub->admin_token().reveal() + "x"}) {
        EXPECT_EQ(rest("GET", "/admin/status", {}, {.authorization = authorization}).status, 401U);
    }
    EXPECT_EQ(rest("GET", "/admin/status").status, 401U);  // The owner's token is for the service.
    EXPECT_EQ(rest("DELETE", "/admin/ledger").status, 401U);
}

TEST_F(Admin, KnowsItsPathsAndMethods) {
    EXPECT_EQ(admin("GET", "/admin").status, 404U);
    EXPECT_EQ(admin("GET", "/admin/other").status, 404U);
    EXPECT_EQ(admin("PUT", "/admin/ledger").status, 405U);
    EXPECT_EQ(admin("DELETE", "/admin/status").status, 405U);
}

TEST(AdminToken, ComesFromTheOptionsOrTheSeed) {
    hub::Options options;
    options.admin_token = Secret("let me in");
    HubFixture given(std::move(options));
    EXPECT_EQ(given.admin("GET", "/admin/status").status, 200U);
    HubFixture one;
    HubFixture two;
    EXPECT_EQ(one.hub->admin_token().reveal(), two.hub->admin_token().reveal());
    EXPECT_GE(one.hub->admin_token().reveal().size(), 32U);
}

}  // namespace
}  // namespace twinstorm::testing
