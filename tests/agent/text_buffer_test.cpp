#include "agent/text_buffer.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "agent/json_text.h"

namespace twinstorm::agent {
namespace {

TEST(TextBuffer, GrowsAndKeepsWhatItHolds) {
    TextBuffer text;
    std::string expected;
    for (int i = 0; i < 10'000; ++i) {
        text.put("piece");
        text.put(',');
        expected += "piece,";
    }
    EXPECT_EQ(text.view(), expected);
    const std::string large(1'000'000, 'x');
    text.put(large);
    EXPECT_EQ(text.view(), expected + large);
}

TEST(TextBuffer, IsCutBackAndCleared) {
    TextBuffer text;
    text.put("whole");
    text.cut_back(2);
    EXPECT_EQ(text.view(), "wh");
    text.cut_back(9);
    EXPECT_EQ(text.view(), "wh");
    text.clear();
    EXPECT_EQ(text.size(), 0U);
}

TEST(TextBuffer, WritesNumbersAndAddresses) {
    TextBuffer text;
    text.put_integer(0);
    text.put(' ');
    text.put_integer(std::numeric_limits<std::uint64_t>::max());
    text.put(' ');
    text.put_ipv4(0xffffffff);
    text.put(' ');
    text.put_ipv4(0x0a006409);
    text.put(' ');
    text.put_ipv4(0);
    text.put(' ');
    text.put_mac(0x0200a1b2c3d4);
    EXPECT_EQ(text.view(),
              "0 18446744073709551615 255.255.255.255 10.0.100.9 0.0.0.0 02:00:a1:b2:c3:d4");
}

TEST(TextBuffer, EscapesWhatJsonWantsEscaped) {
    TextBuffer text;
    text.put_escaped(
        "a\"b\\c\n\x1f"
        "é\x7f");
    EXPECT_EQ(text.view(),
              "a\\\"b\\\\c\\u000a\\u001f"
              "é\x7f");
}

// Written twice, by two hands.
TEST(TextBuffer, UuidsAreThoseOfJsonText) {
    for (const std::uint64_t bits :
         {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{0x0123456789abcdef}}) {
        TextBuffer text;
        std::string expected;
        text.put_uuid(bits, ~bits);
        append_uuid(expected, bits, ~bits);
        EXPECT_EQ(text.view(), expected);
    }
}

}  // namespace
}  // namespace twinstorm::agent
