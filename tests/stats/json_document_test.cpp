#include "stats/json_document.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "twinstorm/base/seed.h"

namespace twinstorm::stats {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

double read_number(const std::string& text) {
    return parse_json(text).value().as_double();
}

TEST(JsonDocument, ReadsEveryFloatExactly) {
    Random random(12);
    for (int i = 0; i < 20'000; ++i) {
        const double number = std::bit_cast<double>(random.bits());
        if (std::isfinite(number)) {
            EXPECT_EQ(read_number(fmt::format("{:.17e}", number)), number);
        }
    }
    EXPECT_EQ(read_number("250694.99999999997"), 250694.99999999997);
    EXPECT_EQ(read_number("-0.1"), -0.1);
    EXPECT_EQ(read_number("5e-324"), 5e-324);
}

TEST(JsonDocument, ReadsAllElseAsBoostDoes) {
    for (const char* text :
         {"null", "true", "[]", "{}", " [1, -2, 18446744073709551615] ",
          R"({"a": {"b": [1, "x\n\u00fc\ud83d\ude00", null]}, "": false, "a\tb": "c"})"}) {
        const Result<json::value> document = parse_json(text);
        ASSERT_TRUE(document) << document.error().message();
        EXPECT_EQ(*document, json::parse(text));
    }
    std::string long_text(100'000, 'a');
    long_text.insert(50'000, "\\n");
    const std::string object = "{\"" + long_text + "\": \"" + long_text + "\"}";
    EXPECT_EQ(parse_json(object).value(), json::parse(object));
}

TEST(JsonDocument, SaysWhereTheTextStopsBeingJson) {
    struct Row {
        const char* text;
        const char* where;
    };
    for (const Row& row :
         {Row{"", "at byte 0"}, Row{"{", "at byte 1"}, Row{"[1, x]", "at byte 4"},
          Row{"{} x", "at byte 3"}, Row{"[1,]", "at byte 3"}, Row{"\"caf\xe9\"", "at byte"},
          Row{"// no", "at byte 0"}, Row{"[NaN]", "at byte 1"}, Row{"[1e]", "at byte"}}) {
        const Result<json::value> document = parse_json(row.text);
        ASSERT_FALSE(document) << row.text;
        EXPECT_EQ(document.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(document.error().message(), HasSubstr("not JSON: "));
        EXPECT_THAT(document.error().message(), HasSubstr(row.where)) << row.text;
    }
}

TEST(JsonDocument, RefusesNestingWithoutEnd) {
    EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
    EXPECT_TRUE(parse_json(std::string(30, '[') + std::string(30, ']')));
}

}  // namespace
}  // namespace twinstorm::stats
