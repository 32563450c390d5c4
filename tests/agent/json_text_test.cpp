#include "agent/json_text.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "defender/json_forms.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

TEST(JsonText, EscapedTextReadsBackAsItWas) {
    std::string all;
    for (int c = 1; c < 128; ++c) {
        all += static_cast<char>(c);
    }
    all += '\0';
    all += "\xc3\xa9";
    std::string text = "{";
    append_field(text, "a \"b\"", all);
    text += '}';
    EXPECT_EQ(boost::json::parse(text).at("a \"b\"").as_string(), all);
}

TEST(JsonText, Integers) {
    std::string text;
    append_integer(text, 0);
    text += ' ';
    append_integer(text, 18'446'744'073'709'551'615U);
    EXPECT_EQ(text, "0 18446744073709551615");
}

TEST(JsonText, AddressesAreDotted) {
    std::string text;
    append_ipv4(text, 0xcb007107);
    text += ' ';
    append_ipv4(text, 0);
    EXPECT_EQ(text, "203.0.113.7 0.0.0.0");
}

TEST(JsonText, UuidsAreOfVersionFour) {
    std::string text;
    append_uuid(text, 0x0123456789abcdef, 0xffffffffffffffff);
    EXPECT_EQ(text, "01234567-89ab-4def-bfff-ffffffffffff");
    EXPECT_TRUE(defender::is_guid(text));
    text.clear();
    append_uuid(text, 0, 0);
    EXPECT_EQ(text, "00000000-0000-4000-8000-000000000000");
}

std::string time_text(Duration since_1970, int zone_minutes) {
    std::string text;
    append_time(text, WallTime(since_1970), zone_minutes);
    return text;
}

TEST(JsonText, TimesFollowRfc3339) {
    constexpr auto kSample = 1'714'979'289s;
    EXPECT_EQ(time_text(kSample, 0), "2024-05-06T07:08:09Z");
    EXPECT_EQ(time_text(kSample + 999'999'999ns, 0), "2024-05-06T07:08:09Z");
    EXPECT_EQ(time_text(kSample, 120), "2024-05-06T09:08:09+02:00");
    EXPECT_EQ(time_text(kSample, -480), "2024-05-05T23:08:09-08:00");
    EXPECT_EQ(time_text(kSample, 330), "2024-05-06T12:38:09+05:30");
    EXPECT_EQ(time_text(0s, 0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(time_text(-1ns, 0), "1969-12-31T23:59:59Z");
    EXPECT_EQ(time_text(951'782'400s, 0), "2000-02-29T00:00:00Z");
}

}  // namespace
}  // namespace twinstorm::agent
