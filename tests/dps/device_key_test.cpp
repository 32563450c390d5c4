#include "twinstorm/dps/device_key.h"

#include <gtest/gtest.h>

#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::dps {
namespace {

constexpr std::string_view kGroupKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

TEST(DeviceKey, TheFactSheetsVector) {
    const auto key = derive_device_key(kGroupKey, "dev-0001");
    ASSERT_TRUE(key);
    EXPECT_EQ(*key, "cdGysxvdpBRmPWq+ds9aCdcRf8ScvRkDyZisOt2DQV4=");
    EXPECT_EQ(iothub::make_sas_token("0ne00000000/registrations/dev-0001", *key, 1'893'456'000,
                                     "registration")
                  .value(),
              "SharedAccessSignature sr=0ne00000000%2Fregistrations%2Fdev-0001&sig="
              "AeUQJRtDeg30ycWEFt1KLMSPiVd12DoomDl61PNNz7o%3D&se=1893456000&skn=registration");
}

TEST(DeviceKey, EachDeviceHasItsOwn) {
    EXPECT_NE(derive_device_key(kGroupKey, "a").value(), derive_device_key(kGroupKey, "b").value());
    EXPECT_FALSE(derive_device_key("not base64!", "a"));
}

}  // namespace
}  // namespace twinstorm::dps
