#include "defender/json_forms.h"

#include <functional>
#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

namespace twinstorm::defender {
namespace {

void expect_each(const std::function<bool(std::string_view)>& form,
                 std::initializer_list<const char*> right,
                 std::initializer_list<const char*> wrong) {
    for (const char* text : right) {
        EXPECT_TRUE(form(text)) << text;
    }
    for (const char* text : wrong) {
        EXPECT_FALSE(form(text)) << text;
    }
}

TEST(JsonForms, OfSingleValues) {
    expect_each(is_guid, {"072f3eca-3db0-45ba-8174-fa383bc93caf"},
                {"", "072f3eca3db045ba8174fa383bc93caf", "072f3eca-3db0-45ba-8174-fa383bc93cag",
                 "{072f3eca-3db0-45ba-8174-fa383bc93c}", "072f3eca-3db0-45ba-8174-fa383bc93caf "});
    expect_each([](std::string_view text) { return is_date_time(text); },
                {"2024-05-06T07:08:09Z", "2024-02-29T23:59:60Z", "2024-05-06T07:08:09.123456Z",
                 "2024-05-06T07:08:09.5-08:00"},
                {"", "2024-05-06", "2024-05-06T07:08:09", "2023-02-29T00:00:00Z",
                 "2024-13-01T00:00:00Z", "2024-05-06T24:00:00Z", "2024-05-06T07:60:09Z",
                 "2024-05-06T07:08:09.Z", "2024-05-06T07:08:09+2:00", "2024-05-06T07:08:09+24:00",
                 "2024-05-06x07:08:09Z", "2024-05-06T07:08:09ZZ", "2024-05-06T07:08:09."});
    expect_each(is_port, {"22", "0", "65535", "*", "53248-53250", "22,53", "22,1-2,*"},
                {"", "65536", "-1", "22,", ",22", "22 ", "ssh", "1-", "-", "000022"});
    expect_each(is_address, {"203.0.113.7", "0.0.0.0", "::", "2001:db8::1"},
                {"", "localhost", "203.0.113", "::ffff:203.0.113.7.1", "1:2:3:4:5:6:7:8:9",
                 "203.0.113.256", "203.0.113.7:80", "::g"});
}

TEST(JsonForms, AZoneMayBeLeftOutWhereThatIsAllowed) {
    for (const char* text : {"2024-05-06T07:08:09", "2024-05-06T07:08:09.5"}) {
        EXPECT_TRUE(is_date_time(text, Zone::kOptional)) << text;
        EXPECT_FALSE(is_date_time(text, Zone::kRequired)) << text;
    }
    for (const char* text :
         {"2024-05-06T07:08:09.", "2024-05-06T07:08:0", "2024-05-06T07:08:09+"}) {
        EXPECT_FALSE(is_date_time(text, Zone::kOptional)) << text;
    }
}

TEST(JsonForms, AZeroByteEndsNoAddress) {
    EXPECT_FALSE(is_address(std::string("::1\0x", 5)));
    EXPECT_FALSE(is_address(std::string(100, '1')));
}

}  // namespace
}  // namespace twinstorm::defender
