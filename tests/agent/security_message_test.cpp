#include "agent/security_message.h"

#include <limits>

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "agent/catalogue.h"
#include "twinstorm/defender/security_message.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kBig = std::numeric_limits<std::uint64_t>::max();

// The widest that a device and its events can be.
DeviceProfile widest_profile() {
    DeviceProfile profile = make_profile(std::string(100, 'w'), 1);
    profile.lan = 0xc0a8c800;
    profile.lan_host = 239;
    profile.serial_number = std::numeric_limits<std::uint32_t>::max();
    profile.zone_minutes = -480;
    return profile;
}

class SecurityMessageTest : public testing::Test {
protected:
    SecurityMessage message() { return {body, profile, WallAnchor{kVirtualEpoch}, random}; }

    [[nodiscard]] boost::json::value item(std::size_t event = 0) const {
        return boost::json::parse(body).at("Events").at(event).at("Payload").at(0);
    }
    // Empty: the service would process it.
    [[nodiscard]] std::string complaint() const {
        const auto verdict = defender::judge(body, "", defender::Mode::kStrict);
        return verdict.accepted() ? "" : verdict.where + " " + std::string(name(verdict.reason));
    }

    std::string body;
    DeviceProfile profile = widest_profile();
    Random random{1};
};

TEST_F(SecurityMessageTest, WithoutEventsTheBodyStaysAsItWas) {
    body = "before";
    EXPECT_FALSE(message().finish());
    EXPECT_EQ(body, "before");
}

TEST_F(SecurityMessageTest, AppendsToTheBody) {
    body = "before";
    SecurityMessage one = message();
    one.add_heartbeat(kRunStart);
    EXPECT_TRUE(one.finish());
    ASSERT_TRUE(body.starts_with("before{"));
    body.erase(0, 6);
    EXPECT_EQ(complaint(), "");
}

TEST_F(SecurityMessageTest, AHeartbeatIsAnEmptySystemInformation) {
    SecurityMessage one = message();
    one.add_heartbeat(kRunStart + 5s);
    EXPECT_TRUE(one.finish());
    EXPECT_EQ(complaint(), "");
    const boost::json::value event = boost::json::parse(body).at("Events").at(0);
    EXPECT_EQ(event.at("Name"), "SystemInformation");
    EXPECT_EQ(event.at("IsEmpty"), true);
    EXPECT_TRUE(event.at("Payload").as_array().empty());
    EXPECT_EQ(event.at("TimestampUTC"), "2026-01-01T00:00:05Z");
    EXPECT_EQ(event.at("TimestampLocal"), "2025-12-31T16:00:05-08:00");
}

TEST_F(SecurityMessageTest, EveryMachineAndSystemIsValid) {
    SecurityMessage one = message();
    for (std::size_t i = 0; i < catalogue().machines.size(); ++i) {
        profile.machine = static_cast<std::uint8_t>(i);
        profile.operating_system = profile.machine;
        one.add_system_information(kRunStart);
    }
    EXPECT_TRUE(one.finish());
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(item().at("HostName").as_string(), std::string(63, 'w'));
    EXPECT_EQ(item().at("ExtraDetails").at("NicIpv4Address"), "192.168.200.239");
    EXPECT_LE(item().at("FreePhysicalMemoryInKB").as_int64(),
              item().at("TotalPhysicalMemoryInKB").as_int64());
}

TEST_F(SecurityMessageTest, EveryProcessIsValidAtItsWidest) {
    SecurityMessage one = message();
    for (std::size_t i = 0; i < catalogue().processes.size(); ++i) {
        for (std::size_t name = 0; name < catalogue().operators.size(); ++name) {
            profile.operator_name = static_cast<std::uint8_t>(name);
            ProcessEvent event;
            event.kind = static_cast<std::uint16_t>(i);
            event.process_id = event.hit_count = std::numeric_limits<std::uint32_t>::max();
            event.last = kRunStart + 1h;
            one.add(event);
        }
    }
    EXPECT_TRUE(one.finish());
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(item().at("ExtraDetails").at("HitCount"), "4294967295");
    EXPECT_EQ(item().at("ExtraDetails").at("StartTimeUtc"), "2026-01-01T00:00:00Z");
    EXPECT_EQ(item().at("ExtraDetails").at("EndTimeLocal"), "2025-12-31T17:00:00-08:00");
}

TEST_F(SecurityMessageTest, EveryFlowIsValidAtItsWidest) {
    SecurityMessage one = message();
    for (std::size_t i = 0; i < catalogue().flows.size(); ++i) {
        FlowEvent event;
        event.kind = static_cast<std::uint16_t>(i);
        event.bytes_in = event.bytes_out = kBig;
        event.hit_count = std::numeric_limits<std::uint32_t>::max();
        event.remote_address = std::numeric_limits<std::uint32_t>::max();
        event.remote_port = event.local_port = std::numeric_limits<std::uint16_t>::max();
        event.last = kRunStart + 1h;
        one.add(event);
    }
    EXPECT_TRUE(one.finish());
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(item().at("RemotePort"), "65535");
    EXPECT_EQ(item().at("ExtraDetails").at("BytesIn"), "18446744073709551615");
}

TEST_F(SecurityMessageTest, ALoneEventsSpanIsItsInstant) {
    SecurityMessage one = message();
    one.add(ProcessEvent());
    EXPECT_TRUE(one.finish());
    EXPECT_EQ(item().at("ExtraDetails").at("StartTimeUtc"), "2026-01-01T00:00:00Z");
    EXPECT_EQ(item().at("ExtraDetails").at("EndTimeUtc"), "2026-01-01T00:00:00Z");
    EXPECT_EQ(item().at("ExtraDetails").at("HitCount"), "1");
}

TEST_F(SecurityMessageTest, LoginsSayWhoWhatAndWhence) {
    LoginEvent event;
    event.process_id = std::numeric_limits<std::uint32_t>::max();
    event.remote_address = 0xcb0071fe;
    event.remote_port = 51'514;
    SecurityMessage one = message();
    for (const auto operation :
         {LoginOperation::kLogin, LoginOperation::kLogout, LoginOperation::kLoginFailed}) {
        event.operation = operation;
        one.add(event);
    }
    EXPECT_TRUE(one.finish());
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(item(0).at("Operation"), "Login");
    EXPECT_EQ(item(0).at("Result"), "Success");
    EXPECT_EQ(item(0).at("Executable"), "pts/0");
    EXPECT_EQ(item(0).at("UserId"), "1000");
    EXPECT_EQ(item(1).at("Operation"), "Logout");
    EXPECT_EQ(item(2).at("Operation"), "LoginFailed");
    EXPECT_EQ(item(2).at("Result"), "Fail");
    EXPECT_EQ(item(2).at("Executable"), "ssh:notty");
    EXPECT_EQ(item(2).at("UserName"), "admin");
    EXPECT_EQ(item(2).at("RemoteAddress"), "203.0.113.254");
    EXPECT_EQ(item(2).at("RemotePort"), "51514");
}

}  // namespace
}  // namespace twinstorm::agent
