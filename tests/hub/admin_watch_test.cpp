#include "hub/admin_watch.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

#include "hub/limits.h"
#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kIdentities = hub::kWatchedIdentitiesMax;
constexpr std::string_view kPage = "/admin/security/watch";
constexpr std::string_view kLogin =
    R"({"AgentVersion":"4.6.2","AgentId":"072f3eca-3db0-45ba-8174-fa383bc93caf",)"
    R"("MessageSchemaVersion":"1.0","Events":[{"Id":"7fddeb54-8ea7-4bd5-a723-bade5bc56fc5",)"
    R"("TimestampLocal":"2024-05-06T09:08:09+02:00","TimestampUTC":"2024-05-06T07:08:09Z",)"
    R"("Category":"Triggered","Name":"Login","EventType":"Security","IsEmpty":false,)"
    R"("PayloadSchemaVersion":"1.0","Payload":[{"ProcessId":2211,"UserId":"1000",)"
    R"("UserName":"pi","Operation":"login","Executable":"/usr/sbin/sshd",)"
    R"("RemoteAddress":"203.0.113.7","RemotePort":"51514","LocalPort":"22",)"
    R"("Result":"Fail"}]}]})";

PacketBytes security_message(std::string_view device, int sequence, std::string_view body) {
    return publish("devices/" + std::string(device) +
                       "/modules/agent/messages/events/%24.mid=" + std::to_string(sequence) +
                       "&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1",
                   body, 1);
}

class AdminWatch : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    RestAnswer send(std::string_view method, std::string_view body, std::string_view query = {}) {
        return rest(method, std::string(kPage) + std::string(query), body,
                    {.authorization = "Bearer " + hub->admin_token().reveal()});
    }
};

TEST_F(AdminWatch, ShowsWhatBecameOfEachMessage) {
    auto agent = online(kAgent);
    agent->send(security_message("gw", 1, kLogin));  // Nobody watches yet.
    const RestAnswer set = send("PUT", R"({"identities":[["gw","agent"]]})");
    EXPECT_EQ(set.status, 200U);
    EXPECT_EQ(set.number("/watched"), 1);
    EXPECT_EQ(set.number("/refused"), 0);
    loop.pass(1s);
    agent->send(security_message("gw", 2, kLogin) + security_message("gw", 3, "{}") +
                security_message("gw", 2, kLogin));
    const RestAnswer shown = send("GET", "");
    EXPECT_EQ(shown.status, 200U);
    EXPECT_EQ(shown.text("/since"), set.text("/since"));
    EXPECT_EQ(boost::json::serialize(shown.body.at("identities")),
              R"([{"deviceId":"gw","moduleId":"agent","received":3,"forgotten":0,"messages":[)"
              R"({"id":"2","at":")" +
                  shown.text("/identities/0/messages/0/at") +
                  R"(","received":2,"verdict":"accepted","events":{"Login":1}},)"
                  R"({"id":"3","at":")" +
                  shown.text("/identities/0/messages/1/at") +
                  R"(","received":1,"verdict":"missing-member","events":{}}]}])");
    EXPECT_NE(shown.text("/identities/0/messages/0/at"), set.text("/since"));
    EXPECT_TRUE(shown.body.at("next").is_null());
}

TEST_F(AdminWatch, PutForgetsTheOthersAndPostKeepsThem) {
    EXPECT_EQ(send("PUT", R"({"identities":[["a","agent"],["b",""]]})").number("/watched"), 2);
    EXPECT_EQ(send("POST", R"({"identities":[["c","agent"],["a","agent"]]})").number("/watched"),
              3);
    EXPECT_EQ(send("PUT", R"({"identities":[["d","agent"]]})").number("/watched"), 1);
    EXPECT_EQ(send("DELETE", "").status, 204U);
    EXPECT_EQ(send("GET", "").body.at("identities").as_array().size(), 0U);
}

TEST_F(AdminWatch, SaysWhatIsWrongWithARequest) {
    for (const std::string_view body :
         {"", "[]", "{}", R"({"identities":{}})", R"({"identities":["gw"]})",
          R"({"identities":[["gw"]]})", R"({"identities":[["gw",1]]})",
          R"({"identities":[["g w","agent"]]})", R"({"identities":[["gw","a/b"]]})"}) {
        const RestAnswer answer = send("PUT", body);
        EXPECT_EQ(answer.status, 400U) << body;
        EXPECT_FALSE(answer.text("/error").empty()) << body;
    }
    EXPECT_EQ(send("PATCH", "{}").status, 405U);
    EXPECT_EQ(rest("GET", kPage).status, 401U);
}

TEST_F(AdminWatch, SaysWhomItHasNoRoomFor) {
    std::string body;
    for (std::size_t i = 0; i < kIdentities + 3; ++i) {
        body += (body.empty() ? "" : ",") + ("[\"gw-" + std::to_string(i) + "\",\"agent\"]");
    }
    const RestAnswer answer = send("PUT", R"({"identities":[)" + body + "]}");
    EXPECT_EQ(answer.number("/watched"), static_cast<std::int64_t>(kIdentities));
    EXPECT_EQ(answer.number("/refused"), 3);
}

class AdminWatchShards : public ::testing::Test, public HubFixture {
protected:
    AdminWatchShards() : HubFixture({}, 3) {}

    RestAnswer send(std::string_view method, std::string_view body, const std::string& query) {
        const auto answer = ask(method, std::string(kPage) + query, body,
                                {.authorization = "Bearer " + hub->admin_token().reveal()});
        settle();
        return *answer;
    }
};

TEST_F(AdminWatchShards, PagesGoThroughAllShardsInOneOrder) {
    std::string body;
    for (int i = 100; i < 140; ++i) {
        body += (body.empty() ? "" : ",") + ("[\"gw-" + std::to_string(i) + "\",\"agent\"]");
    }
    ASSERT_EQ(send("PUT", R"({"identities":[)" + body + "]}", "").number("/watched"), 40);
    std::vector<std::string> seen;
    std::string query = "?top=7";
    std::size_t pages = 0;
    for (bool more = true; more; ++pages) {
        ASSERT_LT(pages, 10U);
        const RestAnswer answer = send("GET", "", query);
        const auto& rows = answer.body.at("identities").as_array();
        EXPECT_LE(rows.size(), 7U);
        for (const auto& row : rows) {
            seen.emplace_back(row.at("deviceId").as_string());
        }
        more = answer.body.at("next").is_string();
        query = "?top=7&after=" + answer.text("/next");
    }
    EXPECT_EQ(pages, 6U);
    ASSERT_EQ(seen.size(), 40U);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 40U);
}

}  // namespace
}  // namespace twinstorm::testing
