// One hub on three loops: what belongs to a device happens on its loop, what belongs to none asks
// them all.
#include "hub/shards.h"

#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

constexpr int kDevices = 24;

hub::Options options() {
    hub::Options options;
    options.partitions = 6;
    return options;
}

class ShardsTest : public HubFixture, public ::testing::Test {
protected:
    ShardsTest() : HubFixture(options(), 3) {
        for (int i = 0; i < kDevices; ++i) {
            EXPECT_EQ(rest("PUT", "/devices/" + id(i), "{}").status, 200U);
        }
    }

    static std::string id(int number) { return fmt::format("d-{:02}", number); }
    static iothub::IdentityName name(int number) { return {id(number), ""}; }

    // Connected wherever its device lives, and subscribed.
    std::unique_ptr<HubClient> settled(int number) {
        auto client = std::make_unique<HubClient>(loop, *hub);
        client->send(connect(connect_options(name(number))) +
                     subscribe(1, {{"$iothub/twin/PATCH/properties/desired/#", 0}}));
        settle();
        return client;
    }
};

TEST_F(ShardsTest, ListsAndCountsWhatAllOfThemHold) {
    const RestAnswer list = rest("GET", "/devices");
    ASSERT_EQ(list.body.as_array().size(), static_cast<std::size_t>(kDevices));
    for (int i = 0; i < kDevices; ++i) {
        EXPECT_EQ(list.text(fmt::format("/{}/deviceId", i)), id(i));
    }
    EXPECT_EQ(rest("GET", "/devices?top=5").body.as_array().size(), 5U);
    EXPECT_EQ(rest("GET", "/statistics/devices").number("/totalDeviceCount"), kDevices);
    EXPECT_EQ(status("/devices"), kDevices);
    EXPECT_EQ(status("/workers"), 3);
}

TEST_F(ShardsTest, CarryAConnectionToTheLoopOfItsDevice) {
    std::vector<std::unique_ptr<HubClient>> clients;
    for (int i = 0; i < kDevices; ++i) {
        clients.push_back(settled(i));
        EXPECT_EQ(clients.back()->answers(), "CONNACK 0\nSUBACK 1: 0");
    }
    EXPECT_EQ(status("/connections/devices"), kDevices);
    const std::int64_t handed_over = status("/connections/handed_over");
    EXPECT_GT(handed_over, 0);
    EXPECT_LT(handed_over, kDevices);
    EXPECT_EQ(rest("GET", "/statistics/service").number("/connectedDeviceCount"), kDevices);
    clients.clear();
    EXPECT_EQ(status("/connections/open"), 0);
}

TEST_F(ShardsTest, ReadAConnectThatComesInPieces) {
    for (int i = 0; i < kDevices; ++i) {
        HubClient client = this->client();
        client.send_split(connect(connect_options(name(i))), 9);
        settle();
        EXPECT_EQ(client.answers(), "CONNACK 0");
    }
}

TEST_F(ShardsTest, RefuseAnUnknownDeviceWhereverItWouldLive) {
    for (int i = 0; i < kDevices; ++i) {
        ConnectOptions options = connect_options(name(0));
        options.client_id = fmt::format("unknown-{}", i);
        options.user_name = fmt::format("{}/unknown-{}/?api-version=2021-04-12", kHost, i);
        HubClient client = this->client();
        client.send(connect(options));
        settle();
        EXPECT_EQ(client.answers(), "CONNACK 5");
        EXPECT_FALSE(client.open());
    }
    EXPECT_EQ(status("/refused/unknown-identity"), kDevices);
}

TEST_F(ShardsTest, BringADesiredPatchToAConnectionOnAnyOfThem) {
    for (int i = 0; i < kDevices; ++i) {
        const auto client = settled(i);
        static_cast<void>(client->answers());
        EXPECT_EQ(rest("PATCH", "/twins/" + id(i), R"({"properties":{"desired":{"a":1}}})").status,
                  200U);
        EXPECT_NE(client->answers().find("desired/?$version=2"), std::string::npos);
    }
    EXPECT_EQ(status("/twins/notices"), kDevices);
}

TEST_F(ShardsTest, TakeOverAConnectionThatIsAlreadySettled) {
    const auto first = settled(3);
    const auto second = settled(3);
    EXPECT_FALSE(first->open());
    EXPECT_TRUE(second->open());
    EXPECT_EQ(status("/take_overs"), 1);
}

TEST_F(ShardsTest, ShareABulkRequestAndTellErrorsInItsOrder) {
    const RestAnswer answer = rest("POST", "/devices", R"([
        {"id":"d-00","importMode":"create"}, {"id":"n-1","importMode":"create"}, 7,
        {"id":"n-1","moduleId":"m","importMode":"create"}, {"id":"d-01","importMode":"create"}])");
    EXPECT_EQ(answer.status, 400U);
    EXPECT_EQ(answer.body.as_object().at("errors").as_array().size(), 3U);
    EXPECT_EQ(answer.text("/errors/0/deviceId"), "d-00");
    EXPECT_EQ(answer.text("/errors/1/errorCode"), "ArgumentInvalid");
    EXPECT_EQ(answer.text("/errors/2/deviceId"), "d-01");
    EXPECT_EQ(rest("GET", "/devices/n-1/modules/m").status, 200U);
}

TEST_F(ShardsTest, DrawTheLedgerTogether) {
    for (int i = 0; i < kDevices; ++i) {
        const auto client = settled(i);
        client->send(publish(fmt::format("devices/{}/messages/events/%24.mid=m-1&%24.ifid="
                                         "urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1",
                                         id(i)),
                             "{}", 1, 1));
    }
    const RestAnswer ledger = admin("GET", "/admin/ledger");
    EXPECT_EQ(ledger.number("/received"), kDevices);
    ASSERT_EQ(ledger.body.as_object().at("identities").as_array().size(),
              static_cast<std::size_t>(kDevices));
    EXPECT_EQ(ledger.text("/identities/5/0"), id(5));
    EXPECT_EQ(admin("DELETE", "/admin/ledger").status, 200U);
    EXPECT_EQ(admin("GET", "/admin/ledger").number("/received"), 0);
}

TEST_F(ShardsTest, ForgetAConnectionThatIsUnderWayWhenTheHubEnds) {
    std::vector<std::unique_ptr<HubClient>> clients;
    for (int i = 0; i < kDevices; ++i) {
        clients.push_back(std::make_unique<HubClient>(loop, *hub));
        clients.back()->send(connect(connect_options(name(i))));
    }
    hub.reset();
    for (const auto& client : clients) {
        client->lose();
    }
}

}  // namespace
}  // namespace twinstorm::testing
