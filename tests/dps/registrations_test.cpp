#include "dps/registrations.h"

#include <string>

#include <gtest/gtest.h>

#include "dps/dps_fixture.h"
#include "dps/limits.h"

namespace twinstorm::dps {
namespace {

using namespace std::chrono_literals;

class RegistrationsTest : public ::testing::Test {
protected:
    // Registers over REST and polls: the last answer.
    RestReply go(std::string_view id, std::string_view body = "{}") {
        const std::string base = "/" + std::string(kScope) + "/registrations/" + std::string(id);
        const std::string token = fixture.group_token(id);
        const RestReply begun = fixture.rest("PUT", base + "/register", body, {}, token);
        EXPECT_EQ(begun.status, 202U) << begun.text("/message");
        fixture.loop.pass(3s);
        return fixture.rest("GET", base + "/operations/" + begun.text("/operationId"), {}, {},
                            token);
    }
    // Replaces the group `default`, with its key.
    void put_group(std::string_view members) {
        const std::string body =
            R"({"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":")" +
            std::string(kGroupKey) + R"("}},)" + std::string(members) + "}";
        const auto reply = fixture.rest("PUT", "/enrollmentGroups/default", body, "*");
        EXPECT_EQ(reply.status, 200U) << reply.text("/message");
    }
    static std::string substatus(const RestReply& reply) {
        return reply.text("/registrationState/substatus");
    }

    DpsFixture fixture{false};
};

TEST_F(RegistrationsTest, TheSecondTimeIsAReprovisioning) {
    EXPECT_EQ(substatus(go("dev-1")), "initialAssignment");
    fixture.registrar.existed = true;
    EXPECT_EQ(substatus(go("dev-1")), "reprovisionedToInitialAssignment");
    EXPECT_FALSE(fixture.registrar.asked.back().reset_twin);
}

TEST_F(RegistrationsTest, AnotherHubOrAFreshStartHasItsOwnSubstatus) {
    put_group(R"("allocationPolicy":"static","iotHubs":["hub1.azure-devices.net"])");
    EXPECT_EQ(go("dev-1").text("/registrationState/assignedHub"), kHub);
    put_group(R"("allocationPolicy":"static","iotHubs":["hub2.azure-devices.net"])");
    const auto moved = go("dev-1");
    EXPECT_EQ(moved.text("/registrationState/assignedHub"), kSecondHub);
    EXPECT_EQ(substatus(moved), "deviceDataMigrated");
    put_group(R"("reprovisionPolicy":{"updateHubAssignment":true,"migrateDeviceData":false})");
    EXPECT_EQ(substatus(go("dev-1")), "deviceDataReset");
    EXPECT_TRUE(fixture.registrar.asked.back().reset_twin);
}

TEST_F(RegistrationsTest, WithoutReprovisioningTheFirstAnswerStays) {
    put_group(R"("reprovisionPolicy":{"updateHubAssignment":false,"migrateDeviceData":false})");
    EXPECT_EQ(substatus(go("dev-1")), "initialAssignment");
    const auto again = go("dev-1");
    EXPECT_EQ(again.status, 200U);
    EXPECT_EQ(substatus(again), "initialAssignment");
    EXPECT_EQ(fixture.registrar.asked.size(), 1U);
}

TEST_F(RegistrationsTest, HashedAllocationUsesEveryHubAndKeepsAPlace) {
    int at_first = 0;
    for (int i = 0; i < 64; ++i) {
        const std::string id = "dev-" + std::to_string(i);
        const std::string hub = go(id).text("/registrationState/assignedHub");
        at_first += hub == kHub ? 1 : 0;
        EXPECT_EQ(go(id).text("/registrationState/assignedHub"), hub);
    }
    EXPECT_GT(at_first, 16);
    EXPECT_LT(at_first, 48);
}

TEST_F(RegistrationsTest, ADisabledEnrollmentSaysSo) {
    put_group(R"("provisioningStatus":"disabled")");
    const auto reply = go("dev-1");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.text("/status"), "disabled");
    EXPECT_EQ(reply.text("/registrationState/status"), "disabled");
    EXPECT_TRUE(fixture.registrar.asked.empty());
    put_group(R"("provisioningStatus":"enabled")");
    EXPECT_EQ(substatus(go("dev-1")), "initialAssignment");
}

TEST_F(RegistrationsTest, TwinEdgeAndPayloadReachTheHubAndItsPayloadTheDevice) {
    put_group(R"("initialTwin":{"tags":{"a":1},"properties":{"desired":{"b":2}}},
                 "capabilities":{"iotEdge":true})");
    fixture.registrar.payload = {{"welcome", true}};
    const auto reply = go("dev-1", R"({"registrationId":"DEV-1","payload":{"model":"x"}})");
    EXPECT_EQ(reply.body.at_pointer("/registrationState/payload/welcome"), true);
    const Assignment& asked = fixture.registrar.asked.back();
    EXPECT_TRUE(asked.edge);
    EXPECT_EQ(asked.payload.at("model"), "x");
    EXPECT_EQ(boost::json::value(asked.initial_twin).at_pointer("/properties/desired/b"), 2);
}

TEST_F(RegistrationsTest, SpellingsOfOneIdAreOneRegistration) {
    EXPECT_EQ(go("Dev-1").text("/registrationState/deviceId"), "Dev-1");
    EXPECT_EQ(go("dev-1").text("/registrationState/deviceId"), "Dev-1");
    EXPECT_EQ(substatus(go("DEV-1")), "reprovisionedToInitialAssignment");
}

TEST_F(RegistrationsTest, ALateAnswerForADeletedRegistrationIsIgnored) {
    fixture.registrar.at_once = false;
    EXPECT_EQ(go("dev-1").status, 202U);
    EXPECT_EQ(fixture.rest("DELETE", "/registrations/dev-1").status, 204U);
    EXPECT_EQ(go("dev-1").status, 202U);
    fixture.registrar.answer(Assigned{"late"}, fixture.loop.now());
    EXPECT_EQ(fixture.rest("GET", "/registrations/dev-1").text("/status"), "assigning");
    fixture.registrar.answer(Assigned{std::string(kHub)}, fixture.loop.now());
    EXPECT_EQ(fixture.rest("GET", "/registrations/dev-1").text("/assignedHub"), kHub);
}

TEST(RegistrationRates, TheServiceTakesSoManyAMinute) {
    DpsFixture fixture;
    const auto put = [&](const std::string& id) {
        return fixture.rest("PUT", "/" + std::string(kScope) + "/registrations/" + id + "/register",
                            {}, {}, fixture.group_token(id));
    };
    for (std::uint32_t i = 0; i < kRegistrationRateMax; ++i) {
        ASSERT_EQ(put("dev-" + std::to_string(i)).status, 202U) << i;
    }
    const auto refused = put("one-more");
    EXPECT_EQ(refused.status, 429U);
    EXPECT_EQ(net::find_header(refused.headers, "Retry-After"), "60");
    fixture.loop.pass(kServiceWindow);
    EXPECT_EQ(put("one-more").status, 202U);
}

TEST(RegistrationRates, ADeviceMayAskSoOften) {
    DpsFixture fixture;
    const auto device = fixture.online("dev-1");
    for (std::uint32_t i = 0; i < kDeviceRequestsMax; ++i) {
        (void)device->ask_to_register().answers();
        EXPECT_EQ(device->topic(), "$dps/registrations/res/202/?$rid=r1&retry-after=3");
    }
    (void)device->ask_to_register().answers();
    EXPECT_EQ(device->topic(), "$dps/registrations/res/429/?$rid=r1&retry-after=10");
}

}  // namespace
}  // namespace twinstorm::dps
