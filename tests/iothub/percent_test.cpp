#include "twinstorm/iothub/percent.h"

#include <gtest/gtest.h>

#include "iothub/percent_reader.h"

namespace twinstorm::iothub {
namespace {

TEST(Percent, LeavesOnlyTheUnreservedAlone) {
    EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
    EXPECT_EQ(percent_encode("a/b c+d=e&f%g"), "a%2Fb%20c%2Bd%3De%26f%25g");
    EXPECT_EQ(percent_encode("$.mid"), "%24.mid");
    EXPECT_EQ(percent_encode("\xC3\xA9"), "%C3%A9");
    EXPECT_EQ(percent_encode(""), "");
}

TEST(Percent, DecodesEitherCaseAndLeavesPlusAlone) {
    EXPECT_EQ(percent_decode("a%2fb%2Fc"), "a/b/c");
    EXPECT_EQ(percent_decode("a+b"), "a+b");
    EXPECT_EQ(percent_decode(""), "");
}

TEST(Percent, EveryByteComesBack) {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) {
        bytes += static_cast<char>(byte);
    }
    EXPECT_EQ(percent_decode(percent_encode(bytes)), bytes);
}

TEST(Percent, RefusesBadEscapes) {
    for (const char* wrong : {"%", "%2", "a%", "a%2", "%zz", "%2g", "%g2", "%%41", "% 41"}) {
        const auto decoded = percent_decode(wrong);
        ASSERT_FALSE(decoded) << wrong;
        EXPECT_EQ(decoded.error().code, ErrorCode::kInvalidArgument);
        EXPECT_EQ(decoded_size(wrong), std::nullopt);
    }
}

TEST(PercentReader, ComparesWithoutDecodingFirst) {
    EXPECT_TRUE(decodes_to("%24.ifid", "$.ifid"));
    EXPECT_TRUE(decodes_to("%24%2Eifid", "$.ifid"));
    EXPECT_FALSE(decodes_to("%24.ifi", "$.ifid"));
    EXPECT_FALSE(decodes_to("%24.ifidx", "$.ifid"));
    EXPECT_FALSE(decodes_to("ab%", "ab"));
    EXPECT_TRUE(decoded_starts_with("%24.ct", "$."));
    EXPECT_FALSE(decoded_starts_with("%24", "$."));
    EXPECT_EQ(decoded_size("a%20b"), 3u);
}

}  // namespace
}  // namespace twinstorm::iothub
