#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/arrivals.h"
#include "twinstorm/events/partition.h"

namespace twinstorm::events {
namespace {

using namespace std::chrono_literals;
using Text = std::string;

constexpr WallTime kNow = kVirtualEpoch;

[[nodiscard]] Event expanded(const Arrival& arrival) {
    Partition partition({.hub_name = "hub1"});
    partition.append(arrival, kNow);
    auto batch = partition.read({}, {.events_max = 1, .bytes_max = 1});
    EXPECT_EQ(batch.events.size(), 1U);
    return batch.events.at(0);
}

TEST(Expand, TelemetryCarriesWhatTheHubAdds) {
    const Event event = expanded(telemetry("{}"));
    EXPECT_EQ(annotation<std::int64_t>(event, "x-opt-sequence-number"), 0);
    EXPECT_EQ(annotation<Text>(event, "x-opt-offset"), "0");
    EXPECT_EQ(annotation<WallTime>(event, "x-opt-enqueued-time"), kNow);
    EXPECT_EQ(annotation<Text>(event, "x-opt-partition-key"), "gw-1");
    EXPECT_EQ(annotation<Text>(event, "iothub-connection-device-id"), "gw-1");
    EXPECT_EQ(annotation<Text>(event, "iothub-connection-module-id"), std::nullopt);
    EXPECT_EQ(annotation<Text>(event, "iothub-connection-auth-generation-id"), "638");
    EXPECT_EQ(annotation<Text>(event, "iothub-connection-auth-method"),
              R"({"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null})");
    EXPECT_EQ(annotation<WallTime>(event, "iothub-enqueuedtime"), kNow);
    EXPECT_EQ(annotation<Text>(event, "iothub-message-source"), "Telemetry");
    EXPECT_EQ(text_of(event.body), "{}");
    EXPECT_TRUE(event.application.empty());
}

TEST(Expand, ModulesAndCertificatesAreTold) {
    Arrival arrival = telemetry("x");
    arrival.origin.module_id = "DefenderIotMicroAgent";
    arrival.origin.auth_scope = AuthScope::kModule;
    arrival.origin.auth_type = AuthType::kX509;
    const Event event = expanded(arrival);
    EXPECT_EQ(annotation<Text>(event, "iothub-connection-module-id"), "DefenderIotMicroAgent");
    EXPECT_THAT(annotation<Text>(event, "iothub-connection-auth-method").value_or(""),
                testing::HasSubstr(R"("scope":"module","type":"x509")"));
}

TEST(Expand, TheBagBecomesPropertiesAnnotationsAndApplicationProperties) {
    const Event event = expanded(telemetry(
        "x",
        "%24.mid=m1&%24.cid=c1&%24.uid=u1&%24.to=t1&%24.ct=application%2Fjson&%24.ce=utf-8"
        "&%24.exp=2026-01-01T01%3A00%3A00Z&%24.ctime=2026&%24.ifid=urn%3Ax&%24.schema=s"
        "&%24.sub=thermostat&%24.on=out&color=dark%20red&flag&empty="));
    EXPECT_EQ(event.properties.message_id, "m1");
    EXPECT_EQ(event.properties.correlation_id, "c1");
    EXPECT_EQ(event.properties.user_id, "u1");
    EXPECT_EQ(event.properties.to, "t1");
    EXPECT_EQ(event.properties.content_type, "application/json");
    EXPECT_EQ(event.properties.content_encoding, "utf-8");
    EXPECT_EQ(event.properties.expiry, kNow + 1h);
    EXPECT_EQ(annotation<Text>(event, "iothub-creation-time-utc"), "2026");
    EXPECT_EQ(annotation<Text>(event, "iothub-interface-id"), "urn:x");
    EXPECT_EQ(annotation<Text>(event, "dt-dataschema"), "s");
    EXPECT_EQ(annotation<Text>(event, "dt-subject"), "thermostat");
    ASSERT_EQ(event.application.size(), 3U);
    EXPECT_EQ(application(event, "color"), "dark red");
    EXPECT_EQ(event.application[1].value, std::nullopt);
    EXPECT_EQ(application(event, "empty"), "");
}

TEST(Expand, ABrokenBagGivesNoProperties) {
    const Event event = expanded(telemetry("x", "a=%zz"));
    EXPECT_TRUE(event.application.empty());
    EXPECT_EQ(text_of(event.body), "x");
}

TEST(Expand, NotificationsNameHubIdentityAndOperation) {
    Arrival arrival = telemetry("{}");
    arrival.source = Source::kTwinChange;
    arrival.origin.module_id = "m";
    arrival.origin.auth_type = AuthType::kNone;
    arrival.operation = "updateTwin";
    arrival.bag = "%24.cid=abc&extra=1";
    const Event event = expanded(arrival);
    EXPECT_EQ(event.properties.content_type, "application/json");
    EXPECT_EQ(event.properties.content_encoding, "utf-8");
    EXPECT_EQ(event.properties.user_id, "hub1");
    EXPECT_EQ(event.properties.correlation_id, "abc");
    EXPECT_EQ(annotation<Text>(event, "iothub-message-source"), "twinChangeEvents");
    EXPECT_EQ(annotation<Text>(event, "iothub-connection-auth-method"), std::nullopt);
    EXPECT_EQ(application(event, "hubName"), "hub1");
    EXPECT_EQ(application(event, "deviceId"), "gw-1");
    EXPECT_EQ(application(event, "moduleId"), "m");
    EXPECT_EQ(application(event, "opType"), "updateTwin");
    EXPECT_EQ(application(event, "iothub-message-schema"), "twinChangeNotification");
    EXPECT_EQ(application(event, "operationTimestamp"), "2026-01-01T00:00:00.0000000Z");
    EXPECT_EQ(application(event, "extra"), "1");
}

}  // namespace
}  // namespace twinstorm::events
