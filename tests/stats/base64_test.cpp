#include "stats/base64.h"

#include <gtest/gtest.h>

#include "twinstorm/base/seed.h"

namespace twinstorm::stats {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
    std::vector<std::byte> bytes;
    for (const char c : text) {
        bytes.push_back(static_cast<std::byte>(c));
    }
    return bytes;
}

TEST(Base64, AgreesWithTheVectorsOfItsStandard) {  // RFC 4648, section 10.
    struct Vector {
        std::string_view plain;
        std::string_view encoded;
    };
    for (const Vector& vector :
         {Vector{"", ""}, Vector{"f", "Zg=="}, Vector{"fo", "Zm8="}, Vector{"foo", "Zm9v"},
          Vector{"foob", "Zm9vYg=="}, Vector{"fooba", "Zm9vYmE="}, Vector{"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(encode_base64(bytes_of(vector.plain)), vector.encoded);
        const auto decoded = decode_base64(vector.encoded);
        ASSERT_TRUE(decoded) << vector.encoded;
        EXPECT_EQ(*decoded, bytes_of(vector.plain));
    }
}

TEST(Base64, BringsBackEveryByteAtEveryLength) {
    Random random(3);
    for (std::size_t length = 0; length < 300; ++length) {
        std::vector<std::byte> bytes(length);
        for (std::byte& byte : bytes) {
            byte = static_cast<std::byte>(random.below(256));
        }
        const auto decoded = decode_base64(encode_base64(bytes));
        ASSERT_TRUE(decoded);
        EXPECT_EQ(*decoded, bytes);
    }
}

TEST(Base64, RefusesWhatIsNoBase64) {
    for (const std::string_view text : {"Zg", "Zg=", "Z===", "====", "Zg=a", "Z g=", "Zm9v\n",
                                        "Zm9-", "Zm9\xff", "Zh==", "Zm9=", "Zg==Zg=="}) {
        const auto decoded = decode_base64(text);
        ASSERT_FALSE(decoded) << text;
        EXPECT_EQ(decoded.error().code, ErrorCode::kInvalidArgument);
    }
}

}  // namespace
}  // namespace twinstorm::stats
