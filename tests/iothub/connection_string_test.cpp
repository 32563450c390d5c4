#include "twinstorm/iothub/connection_string.h"

#include <gtest/gtest.h>

namespace twinstorm::iothub {
namespace {

constexpr std::string_view kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

std::string with_key(std::string_view before, std::string_view after = "") {
    return std::string(before) + "SharedAccessKey=" + std::string(kKey) + std::string(after);
}

TEST(ConnectionString, OfAService) {
    const auto parsed = ConnectionString::parse(
        with_key("HostName=hub1.azure-devices.net;SharedAccessKeyName=iothubowner;"));
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(parsed->is_service());
    EXPECT_EQ(parsed->host_name, "hub1.azure-devices.net");
    EXPECT_EQ(parsed->policy, "iothubowner");
    EXPECT_EQ(parsed->key.reveal(), kKey);
    EXPECT_EQ(parsed->identity, IdentityName{});
}

TEST(ConnectionString, OfDevicesAndModules) {
    const auto device = ConnectionString::parse(with_key("HostName=h;DeviceId=dev-0001;"));
    ASSERT_TRUE(device);
    EXPECT_FALSE(device->is_service());
    EXPECT_EQ(device->identity, (IdentityName{"dev-0001", ""}));
    const auto module = ConnectionString::parse(
        with_key("ModuleId=m;", ";GatewayHostName=g;DeviceId=d;HostName=h;"));
    ASSERT_TRUE(module);
    EXPECT_EQ(module->identity, (IdentityName{"d", "m"}));
    EXPECT_EQ(module->gateway_host_name, "g");
    const auto certified = ConnectionString::parse("HostName=h;DeviceId=d;x509=true");
    ASSERT_TRUE(certified);
    EXPECT_TRUE(certified->x509);
    EXPECT_TRUE(certified->key.empty());
}

TEST(ConnectionString, ComesBackAsItWas) {
    for (const std::string& text :
         {with_key("HostName=h;SharedAccessKeyName=service;"), with_key("HostName=h;DeviceId=d;"),
          with_key("HostName=h;DeviceId=d;ModuleId=m;", ";GatewayHostName=g"),
          std::string("HostName=h;DeviceId=a=b;x509=true")}) {
        EXPECT_EQ(ConnectionString::parse(text)->format().reveal(), text);
    }
}

TEST(ConnectionString, NamesWhatIsWrong) {
    const std::pair<std::string, std::string> cases[] = {
        {"", "The connection string lacks HostName."},
        {with_key("HostName=h;"), "The connection string lacks SharedAccessKeyName or DeviceId."},
        {"HostName=h;DeviceId=d", "The connection string lacks SharedAccessKey."},
        {with_key("HostName=h;ModuleId=m;"),
         "The connection string lacks SharedAccessKeyName or DeviceId."},
        {with_key("HostName=h;HostName=g;DeviceId=d;"),
         "The connection string has HostName twice."},
        {with_key("HostName=;DeviceId=d;"), "The connection string has no value for HostName."},
        {with_key("HostName=h;DeviceId;"), "The connection string has no value for DeviceId."},
        {with_key("HostName=h;DeviceId=a/b;"),
         "The connection string has a DeviceId that no hub allows."},
        {with_key("HostName=h;DeviceId=d;ModuleId=a b;"),
         "The connection string has a ModuleId that no hub allows."},
        {with_key("HostName=h;DeviceId=d;SharedAccessKeyName=p;"),
         "The connection string has both SharedAccessKeyName and an identity."},
        {with_key("HostName=h;DeviceId=d;x509=true;"),
         "The connection string has x509=true beside SharedAccessKey."},
        {"HostName=h;DeviceId=d;x509=yes",
         "The connection string has a x509 that is neither true nor false."},
        {"HostName=h;DeviceId=d;SharedAccessKey=abc",
         "The connection string has a SharedAccessKey that is not base64."},
    };
    for (const auto& [text, detail] : cases) {
        const auto parsed = ConnectionString::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
        EXPECT_EQ(parsed.error().detail, detail);
    }
}

TEST(ConnectionString, NamesAnUnknownPartButNeverAKey) {
    const auto typo = ConnectionString::parse(with_key("Hostname=h;DeviceId=d;"));
    EXPECT_NE(typo.error().detail.find("unknown part `Hostname`"), std::string::npos);
    for (const std::string& text :
         {std::string(kKey), "HostName=h;" + std::string(kKey), std::string("c2VjcmV0c2VjcmV0"),
          std::string("c2VjcmV0c2VjcmV=="), with_key("HostName=h;DeviceId=d;Secret="),
          with_key("HostName=h;DeviceId=d;SharedAccesKey=x;", "!")}) {
        const auto parsed = ConnectionString::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().detail.find("AAECAw"), std::string::npos) << parsed.error().detail;
        EXPECT_EQ(parsed.error().detail.find("c2Vjc"), std::string::npos) << parsed.error().detail;
    }
}

}  // namespace
}  // namespace twinstorm::iothub
