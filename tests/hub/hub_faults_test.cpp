// Faults on demand as a connection meets them: answers that are lost, rates in the tier's place.
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "support/hub_fixture.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

class HubFaults : public ::testing::Test, public HubFixture {
protected:
    void SetUp() override { create_gateway(); }

    unsigned set_faults(const std::string& faults) {
        return rest("PUT", "/admin/faults", R"({"faults":[)" + faults + "]}",
                    {.authorization = "Bearer " + hub->admin_token().reveal()})
            .status;
    }
    static PacketBytes get(const std::string& id, std::uint16_t packet = 0) {
        return publish("$iothub/twin/GET/?$rid=" + id, "", packet, packet == 0 ? 0 : 1);
    }
    static PacketBytes report(const std::string& id, const std::string& body) {
        return publish("$iothub/twin/PATCH/properties/reported/?$rid=" + id, body);
    }
};

TEST_F(HubFaults, LoseAnswersOfWhatIsCarriedOut) {
    auto agent = online(kAgent, true);
    ASSERT_EQ(set_faults(R"({"lose_answers":{"share":1}})"), 204U);
    agent->send(report("1", R"({"fw":"2"})"));
    EXPECT_EQ(agent->answers(), "");
    EXPECT_EQ(rest("GET", "/twins/gw/modules/agent").text("/properties/reported/fw"), "2");
    agent->send(get("2"));
    EXPECT_EQ(agent->answers(), "");
    agent->send(get("3", 9));  // The packet is acknowledged, the request is not answered.
    EXPECT_EQ(agent->answers(), "PUBACK 9");
    EXPECT_EQ(rest("GET", "/twins/gw").status, 200U) << "a service's";
    ASSERT_EQ(rest("DELETE", "/admin/faults", "",
                   {.authorization = "Bearer " + hub->admin_token().reveal()})
                  .status,
              204U);
    agent->send(report("4", "{}"));
    EXPECT_EQ(agent->answers(), "PUBLISH 0 $iothub/twin/res/204/?$rid=4&$version=3 ");
}

TEST_F(HubFaults, LoseAnswersOfTheOperationsNamed) {
    auto agent = online(kAgent, true);
    ASSERT_EQ(set_faults(R"({"lose_answers":{"share":1,"operations":["twin_reads"]}})"), 204U);
    agent->send(get("1"));
    EXPECT_EQ(agent->answers(), "");
    agent->send(report("2", "{}"));
    EXPECT_EQ(agent->answers(), "PUBLISH 0 $iothub/twin/res/204/?$rid=2&$version=2 ");
}

TEST_F(HubFaults, LoseNoRefusal) {
    auto agent = online(kAgent, true);
    ASSERT_EQ(set_faults(R"({"lose_answers":{"share":1}},{"error":{"code":500001,"share":1}})"),
              204U);
    agent->send(get("1"));
    EXPECT_EQ(agent->answers().substr(0, 38), "PUBLISH 0 $iothub/twin/res/500/?$rid=1");
}

// One read every two minutes: of the 60 s of credit there is nothing to spare after the first.
TEST_F(HubFaults, RatesTakeTheTiersPlaceForAsLongAsTheyAreOn) {
    auto agent = online(kAgent, true);
    ASSERT_EQ(set_faults(R"({"rates":{"per_s":{"twin_reads":0.02}},"duration_us":60000000})"),
              204U);
    const std::string answer = "PUBLISH 0 $iothub/twin/res/200/?$rid=";
    agent->send(get("1"));
    EXPECT_EQ(agent->answers().substr(0, answer.size()), answer);
    agent->send(get("2"));  // 50 s a read: 40 s too early.
    EXPECT_EQ(agent->answers(), "");
    agent->send(report("3", "{}"));
    EXPECT_EQ(agent->answers(), "PUBLISH 0 $iothub/twin/res/204/?$rid=3&$version=2 ");
    loop.pass(40s);
    agent->conversation().advance(loop.now());
    EXPECT_EQ(agent->answers().substr(0, answer.size() + 1), answer + "2");
    loop.pass(30s);
    for (int i = 0; i < 50; ++i) {
        agent->send(get("x"));
        EXPECT_EQ(agent->answers().substr(0, answer.size()), answer);
    }
}

}  // namespace
}  // namespace twinstorm::testing
