#include "twinstorm/iothub/sas_token.h"

#include <gtest/gtest.h>

#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::iothub {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::string_view kOtherKey = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr std::string_view kHost = "hub1.azure-devices.net";
constexpr std::int64_t kExpiry = 1'893'456'000;

struct Vector {
    IdentityName identity;
    std::string_view policy;
    std::string_view token;
};

const Vector kVectors[] = {
    {{"dev-0001", ""},
     "",
     "SharedAccessSignature sr=hub1.azure-devices.net%2Fdevices%2Fdev-0001"
     "&sig=SCKDw1pTbMNM71CZchkX7ClWA%2FxVISNTL4PPyoPweAw%3D&se=1893456000"},
    {{"dev-0001", "DefenderIotMicroAgent"},
     "",
     "SharedAccessSignature sr=hub1.azure-devices.net%2Fdevices%2Fdev-0001%2Fmodules"
     "%2FDefenderIotMicroAgent&sig=f0YEg4l5HWzskxGmlbtbEGU%2BCI85GOW%2BFGAQOs4pKaE%3D"
     "&se=1893456000"},
    {{},
     "iothubowner",
     "SharedAccessSignature sr=hub1.azure-devices.net"
     "&sig=tSqZCpJ0ILyQzgpd7n%2BOs8QMeigZamD5DsOzh1x%2FVk4%3D&se=1893456000&skn=iothubowner"},
};

TEST(SasToken, ReproducesTheVectors) {
    for (const Vector& vector : kVectors) {
        EXPECT_EQ(
            make_sas_token(resource_path(kHost, vector.identity), kKey, kExpiry, vector.policy),
            vector.token);
    }
}

TEST(SasToken, AcceptsTheVectors) {
    for (const Vector& vector : kVectors) {
        const auto token = SasToken::parse(vector.token);
        ASSERT_TRUE(token) << vector.token;
        EXPECT_EQ(token->expiry, kExpiry);
        EXPECT_EQ(token->policy, vector.policy);
        EXPECT_TRUE(token->signed_with(kKey));
        EXPECT_FALSE(token->signed_with(kOtherKey));
        EXPECT_TRUE(token->covers(resource_path(kHost, vector.identity)));
    }
}

TEST(SasToken, GroupEnrolmentKeysAndTokens) {
    const std::string key = base64_encode(hmac_sha256(*base64_decode(kKey), "dev-0001"));
    EXPECT_EQ(key, "cdGysxvdpBRmPWq+ds9aCdcRf8ScvRkDyZisOt2DQV4=");
    const std::string token =
        "SharedAccessSignature sr=0ne00000000%2Fregistrations%2Fdev-0001"
        "&sig=AeUQJRtDeg30ycWEFt1KLMSPiVd12DoomDl61PNNz7o%3D&se=1893456000&skn=registration";
    EXPECT_EQ(make_sas_token("0ne00000000/registrations/dev-0001", key, kExpiry, "registration"),
              token);
    EXPECT_TRUE(SasToken::parse(token)->signed_with(key));
}

// The signature covers `sr` as it stands: each spelling has a signature of its own.
std::string token_over(std::string_view literal_resource) {
    const std::string to_sign = std::string(literal_resource) + "\n1893456000";
    const std::string signature = base64_encode(hmac_sha256(*base64_decode(kKey), to_sign));
    return "SharedAccessSignature se=1893456000&unknown=1&sig=" + percent_encode(signature) +
           "&sr=" + std::string(literal_resource);
}

TEST(SasToken, AcceptsLowerCaseAndUnencodedResourcesInAnyOrder) {
    for (const char* resource :
         {"hub1.azure-devices.net%2fdevices%2fdev-0001", "hub1.azure-devices.net/devices/dev-0001",
          "hub1.azure-devices.net%2Fdevices/dev%2d0001"}) {
        const auto token = SasToken::parse(token_over(resource));
        ASSERT_TRUE(token) << resource;
        EXPECT_EQ(token->resource, resource);
        EXPECT_TRUE(token->signed_with(kKey)) << resource;
        EXPECT_TRUE(token->covers("hub1.azure-devices.net/devices/dev-0001")) << resource;
    }
}

TEST(SasToken, AnAlteredTokenIsNotSigned) {
    const auto original = *SasToken::parse(kVectors[0].token);
    SasToken altered = original;
    altered.expiry += 1;
    EXPECT_FALSE(altered.signed_with(kKey));
    altered = original;
    altered.resource = "hub1.azure-devices.net%2fdevices%2fdev-0001";
    EXPECT_FALSE(altered.signed_with(kKey));
    altered = original;
    altered.signature[0] ^= 1;
    EXPECT_FALSE(altered.signed_with(kKey));
    altered = original;
    altered.signature.pop_back();
    EXPECT_FALSE(altered.signed_with(kKey));
    altered.signature.clear();
    EXPECT_FALSE(altered.signed_with(kKey));
}

TEST(SasToken, AnEmptyOrBrokenKeySignsNothing) {
    SasToken token = *SasToken::parse(kVectors[0].token);
    token.signature = base64_encode(hmac_sha256("", token.resource + "\n1893456000"));
    EXPECT_FALSE(token.signed_with(""));
    EXPECT_FALSE(token.signed_with("not base64"));
    for (const char* key : {"", "not base64", "AAE"}) {
        const auto made = make_sas_token("h", key, 1);
        ASSERT_FALSE(made) << key;
        EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
        EXPECT_EQ(made.error().detail, "The shared access key is not base64.");
    }
}

TEST(SasToken, CoversSegmentWise) {
    const auto covers = [](std::string_view resource, std::string_view path) {
        return SasToken{std::string(resource), "", 0, ""}.covers(path);
    };
    for (const char* scope : {"h", "h%2Fdevices", "h/devices/d", "h/devices/d/modules/m"}) {
        EXPECT_TRUE(covers(scope, "h/devices/d/modules/m")) << scope;
    }
    for (const char* scope :
         {"h/devices/d/api-version=2016-11-14", "h%2Fdevices%2Fd%2Fapi-version"}) {
        EXPECT_TRUE(covers(scope, "h/devices/d")) << scope;
    }
    for (const char* scope :
         {"", "g", "H", "h/", "h/device", "h/devices/", "h/devices/D", "h/devices/d1",
          "h/devices/d/", "h/devices/d/modules", "h/devices/d/modules/m", "h/devices/d/x",
          "h/devices/dapi-version", "h%2", "h/devices/%64/modules/m/api-version"}) {
        EXPECT_FALSE(covers(scope, "h/devices/d")) << scope;
    }
    EXPECT_FALSE(covers("h/devices/d", "h/devices/d1"));
    EXPECT_FALSE(covers("h/devices/d/modules/m", "h/devices/d/modules/m2"));
}

TEST(SasToken, ExpiresAfterItsGrace) {
    const SasToken token{"h", "", 1'000, ""};
    const auto at = [](Duration since_epoch) { return WallTime(since_epoch); };
    EXPECT_FALSE(token.expired(at(1000s), 0s));
    EXPECT_TRUE(token.expired(at(1000s + 1ns), 0s));
    EXPECT_FALSE(token.expired(at(1300s), 300s));
    EXPECT_TRUE(token.expired(at(1301s), 300s));
    EXPECT_FALSE((SasToken{"h", "", INT64_MAX, ""}.expired(kVirtualEpoch, 0s)));
}

TEST(SasToken, RefusesWhatIsNone) {
    for (const char* wrong : {"",
                              "SharedAccessSignature",
                              "SharedAccessSignature ",
                              "sharedaccesssignature sr=h&sig=s&se=1",
                              "Bearer sr=h&sig=s&se=1",
                              "SharedAccessSignature  sr=h&sig=s&se=1",
                              "SharedAccessSignature sr=h&sig=s",
                              "SharedAccessSignature sr=h&se=1",
                              "SharedAccessSignature sig=s&se=1",
                              "SharedAccessSignature sr=&sig=s&se=1",
                              "SharedAccessSignature sr=h&sig=&se=1",
                              "SharedAccessSignature sr=h&sig=s&se=",
                              "SharedAccessSignature sr=h&sig=s&se=-1",
                              "SharedAccessSignature sr=h&sig=s&se=+1",
                              "SharedAccessSignature sr=h&sig=s&se=01",
                              "SharedAccessSignature sr=h&sig=s&se=1.5",
                              "SharedAccessSignature sr=h&sig=s&se=99999999999999999999",
                              "SharedAccessSignature sr=h&sr=g&sig=s&se=1",
                              "SharedAccessSignature sr=%2&sig=s&se=1",
                              "SharedAccessSignature sr=h&sig=%zz&se=1",
                              "SharedAccessSignature sr=h&sig=s&se=1&skn=%"}) {
        const auto token = SasToken::parse(wrong);
        ASSERT_FALSE(token) << wrong;
        EXPECT_EQ(token.error().code, ErrorCode::kInvalidArgument) << wrong;
    }
}

TEST(Base64, BothWays) {
    for (const auto& [bytes, text] : {std::pair{"", ""},
                                      {"f", "Zg=="},
                                      {"fo", "Zm8="},
                                      {"foo", "Zm9v"},
                                      {"foob", "Zm9vYg=="}}) {
        EXPECT_EQ(base64_encode(bytes), text);
        EXPECT_EQ(base64_decode(text), bytes);
    }
    EXPECT_EQ(base64_decode(kKey)->size(), 32u);
    for (const char* wrong : {"Z", "Zg", "Zg=", "Zg===", "====", "=Zg=", "Z===", "Zm9v\n", " Zm9v",
                              "Zm-_", "Zm 9", "Zm9vZg==Zm9v"}) {
        EXPECT_FALSE(base64_decode(wrong)) << wrong;
    }
}

// [RFC 4231, 4.3]
TEST(Hmac, IsTheStandardOne) {
    EXPECT_EQ(base64_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    EXPECT_EQ(hmac_sha256("", "").size(), 32u);
}

}  // namespace
}  // namespace twinstorm::iothub
