#include "dps/text.h"

#include <regex>

#include <gtest/gtest.h>

#include "dps/limits.h"
#include "dps/rate_window.h"

namespace twinstorm::dps {
namespace {

using namespace std::chrono_literals;

TEST(DpsText, RegistrationIds) {
    for (const char* id : {"a", "Dev-0001", "a.b_c:d"}) {
        EXPECT_TRUE(is_registration_id(id)) << id;
    }
    for (const char* id : {"", "a/b", "a b", "a%", "\xC3\xA4"}) {
        EXPECT_FALSE(is_registration_id(id)) << id;
    }
    EXPECT_TRUE(is_registration_id(std::string(kRegistrationIdBytesMax, 'a')));
    EXPECT_FALSE(is_registration_id(std::string(kRegistrationIdBytesMax + 1, 'a')));
    EXPECT_EQ(lower("Dev-A:Z"), "dev-a:z");
}

TEST(DpsText, IdsComeFromTheSeed) {
    Random one(1);
    Random same(1);
    const std::string id = operation_id(one);
    EXPECT_EQ(id, operation_id(same));
    EXPECT_NE(id, operation_id(one));
    EXPECT_TRUE(std::regex_match(
        id, std::regex("5\\.[0-9a-f]{16}\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")));
    EXPECT_EQ(seeded_key(1), seeded_key(1));
    EXPECT_EQ(seeded_key(1).size(), 44U);
    EXPECT_NE(seeded_key(1), seeded_key(2));
}

TEST(DpsText, EtagsMatchWithAndWithoutQuotes) {
    EXPECT_TRUE(etag_matches("*", "abc"));
    EXPECT_TRUE(etag_matches("\"*\"", "abc"));
    EXPECT_TRUE(etag_matches("abc", "abc"));
    EXPECT_TRUE(etag_matches("\"abc\"", "abc"));
    EXPECT_FALSE(etag_matches("\"abd\"", "abc"));
    EXPECT_FALSE(etag_matches("\"", "abc"));
}

TEST(DpsText, APeersTextIsMadeHarmless) {
    EXPECT_EQ(printable("a\nb\x80"), "a?b?");
    EXPECT_EQ(printable(std::string(1000, 'a')), std::string(kLogTextBytesMax, 'a') + "...");
}

TEST(RateWindow, LetsThroughSoManyInEachWindow) {
    RateWindow window;
    const TimePoint begin = kRunStart + 1s;
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(window.admit(begin + i * 1s, 5, 10s)) << i;
    }
    EXPECT_FALSE(window.admit(begin + 9s, 5, 10s));
    EXPECT_EQ(window.wait(begin + 9s, 10s), 1s);
    EXPECT_EQ(window.wait(begin + 4500ms, 10s), 6s);
    EXPECT_TRUE(window.admit(begin + 10s, 5, 10s));
}

}  // namespace
}  // namespace twinstorm::dps
