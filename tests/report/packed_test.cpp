#include "report/packed.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <string>
#include <vector>

namespace twinstorm::report {
namespace {

std::string unpacked(const std::string& base64, std::size_t length) {
    std::vector<unsigned char> bytes(base64.size());
    const int count =
        EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                        static_cast<int>(base64.size()));
    EXPECT_GT(count, 0);
    std::string text(length, '\0');
    uLongf found = static_cast<uLongf>(length);
    EXPECT_EQ(uncompress(reinterpret_cast<unsigned char*>(text.data()), &found, bytes.data(),
                         static_cast<uLong>(count)),
              Z_OK);
    text.resize(found);
    return text;
}

TEST(Packed, UnpacksToTheSameText) {
    for (const std::string& text : {std::string("x"), std::string(100'000, 'a'),
                                    std::string("var uPlot=function(){};</script>")}) {
        EXPECT_EQ(unpacked(packed(text), text.size()), text);
    }
}

TEST(Packed, IsSmallAndSafeInAScriptElement) {
    const std::string base64 = packed(std::string(100'000, 'a'));
    EXPECT_LT(base64.size(), 1'000U);
    EXPECT_EQ(base64.find('<'), std::string::npos);
}

}  // namespace
}  // namespace twinstorm::report
