#include "twinstorm/iothub/identity.h"

#include <gtest/gtest.h>

namespace twinstorm::iothub {
namespace {

TEST(Identity, ClientIdsOfDevicesAndModules) {
    EXPECT_EQ((IdentityName{"dev-0001", ""}.client_id()), "dev-0001");
    EXPECT_EQ((IdentityName{"dev-0001", "DefenderIotMicroAgent"}.client_id()),
              "dev-0001/DefenderIotMicroAgent");
}

TEST(Identity, IdsHoldWhatAHubAllows) {
    EXPECT_TRUE(is_valid_id("AZaz09-:.+%_#*?!(),=@;$'"));
    EXPECT_TRUE(is_valid_id(std::string(128, 'd')));
    EXPECT_FALSE(is_valid_id(std::string(129, 'd')));
    for (const char* wrong : {"", "a/b", "a b", "a&b", "a\"b", "a~b", "\xC3\xA9", "a\n", "a\\b"}) {
        EXPECT_FALSE(is_valid_id(wrong)) << wrong;
    }
}

TEST(UserName, IsWrittenAsTheDocumentationShows) {
    UserName user_name{"hub1.azure-devices.net", {"dev-0001", ""}, std::string(kApiVersion), ""};
    EXPECT_EQ(format_user_name(user_name),
              "hub1.azure-devices.net/dev-0001/?api-version=2021-04-12");
    user_name.identity.module_id = "DefenderIotMicroAgent";
    user_name.client_type = "twinstorm/0.1 (linux)";
    EXPECT_EQ(format_user_name(user_name),
              "hub1.azure-devices.net/dev-0001/DefenderIotMicroAgent/?api-version=2021-04-12"
              "&DeviceClientType=twinstorm%2F0.1%20%28linux%29");
}

TEST(UserName, OptionsComeInAnyOrder) {
    const auto parsed = parse_user_name(
        "h.net/d/?DeviceClientType=azure%2diot/1&model-id=dtmi:x;1&api-version=2020-09-30");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, (UserName{"h.net", {"d", ""}, "2020-09-30", "azure-iot/1", "dtmi:x;1"}));
}

TEST(UserName, WorksWithoutAnApiVersion) {
    for (const char* text : {"h.net/d/m", "h.net/d/m/", "h.net/d/m/?", "h.net/d/m/?x=%zz"}) {
        EXPECT_EQ(parse_user_name(text), (UserName{"h.net", {"d", "m"}, "", ""})) << text;
    }
    EXPECT_EQ(format_user_name({"h.net", {"d", ""}, "", ""}), "h.net/d/?");
    EXPECT_EQ(format_user_name({"h.net", {"d", ""}, "", "c"}), "h.net/d/?DeviceClientType=c");
    EXPECT_EQ(format_user_name({"h.net", {"d", ""}, "1", "", "dtmi:x;1"}),
              "h.net/d/?api-version=1&model-id=dtmi%3Ax%3B1");
}

TEST(UserName, IdsAreNotDecodedAndMayHoldAQuestionMark) {
    const auto parsed = parse_user_name("h.net/?a%2F/?b=1/?api-version=1");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, (UserName{"h.net", {"?a%2F", "?b=1"}, "1", ""}));
    EXPECT_EQ(parse_user_name(format_user_name(*parsed)), *parsed);
    const UserName without_options{"h.net", {"?a", "?b"}, "", ""};
    EXPECT_EQ(parse_user_name(format_user_name(without_options)), without_options);
}

TEST(UserName, RefusesWhatNamesNoIdentity) {
    for (const char* wrong :
         {"", "h.net", "h.net/", "/d/?api-version=1", "h.net//?api-version=1", "h.net/d//?x=1",
          "h.net/d/m/x/?api-version=1", "h.net/a b/?api-version=1", "h.net/?api-version=1",
          "h.net/d/?api-version=%4", "h.net/d/?DeviceClientType=%"}) {
        const auto parsed = parse_user_name(wrong);
        ASSERT_FALSE(parsed) << wrong;
        EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    }
}

}  // namespace
}  // namespace twinstorm::iothub
