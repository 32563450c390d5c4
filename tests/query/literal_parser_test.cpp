#include "query/literal_parser.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace twinstorm::query {
namespace {

using namespace std::string_literals;

Literal literal(std::string_view text) {
    Cursor cursor(text);
    EXPECT_TRUE(at_literal(cursor)) << text;
    Literal result = parse_literal(cursor);
    EXPECT_FALSE(cursor.failed()) << cursor.error()->detail;
    EXPECT_TRUE(cursor.at_end()) << cursor.rest();
    return result;
}

std::string mistake(std::string_view text) {
    Cursor cursor(text);
    (void)parse_literal(cursor);
    return cursor.failed() ? cursor.error()->detail : "";
}

TEST(LiteralParser, ReadsTextInEitherQuotes) {
    EXPECT_EQ(literal("'a'"), Literal("a"s));
    EXPECT_EQ(literal(R"("it's")"), Literal("it's"s));
    EXPECT_EQ(literal(R"('')"), Literal(""s));
    EXPECT_EQ(literal(R"('say "x"')"), Literal(R"(say "x")"s));
}

TEST(LiteralParser, ReadsEscapes) {
    EXPECT_EQ(literal(R"('\'\"\\')"), Literal(R"('"\)"s));
    EXPECT_EQ(literal(R"('A\u00e9\u20AC')"), Literal("Aé€"s));
    EXPECT_EQ(literal(R"('\ud83d\ude00')"), Literal("😀"s));
    EXPECT_EQ(literal(R"('\u0000')"), Literal(std::string(1, '\0')));
}

TEST(LiteralParser, RefusesOtherEscapes) {
    for (const char* text : {R"('\n')", R"('\u12')", R"('\u12G4')", R"('\u+123')", R"('\ud83d')",
                             R"('\ude00')", R"('\ud83dx')", R"('\ud83d\u0041')", R"('\)"}) {
        EXPECT_NE(mistake(text), "") << text;
    }
    EXPECT_EQ(mistake(R"('ab\n')"), R"(column 4: an escape is one of \' \" \\ and \uXXXX)");
    EXPECT_EQ(mistake("'abc"), "column 1: this text has no closing quote");
}

TEST(LiteralParser, KeepsIntegersWhole) {
    EXPECT_EQ(literal("0"), Literal(std::int64_t{0}));
    EXPECT_EQ(literal("-12"), Literal(std::int64_t{-12}));
    EXPECT_EQ(literal("0x1F"), Literal(std::int64_t{31}));
    EXPECT_EQ(literal("9223372036854775807"), Literal(std::numeric_limits<std::int64_t>::max()));
    EXPECT_EQ(literal("18446744073709551615"), Literal(std::numeric_limits<std::uint64_t>::max()));
}

TEST(LiteralParser, ReadsNumbersWithAFraction) {
    EXPECT_EQ(literal("0.5"), Literal(0.5));
    EXPECT_EQ(literal("-1.25e-2"), Literal(-0.0125));
    EXPECT_EQ(literal("1E3"), Literal(1000.0));
    EXPECT_EQ(literal("18446744073709551616"), Literal(18446744073709551616.0));
}

TEST(LiteralParser, RefusesWhatIsNoNumber) {
    for (const char* text :
         {"-", "1x", "0x", "0xG", "-0x1", "1e", "1.2.3", "1e999", "-inf", "-nan", "1_000", "--1"}) {
        EXPECT_EQ(mistake(text), "column 1: this is no number, or too large for one") << text;
    }
}

TEST(LiteralParser, ReadsWordsInAnyCase) {
    EXPECT_EQ(literal("true"), Literal(true));
    EXPECT_EQ(literal("FALSE"), Literal(false));
    EXPECT_EQ(literal("Null"), Literal(nullptr));
}

TEST(LiteralParser, TellsConstantsFromNames) {
    for (const char* text : {"trueish", "true.x", "nullable", "tags.x", "$1", "[1]", ""}) {
        Cursor cursor(text);
        EXPECT_FALSE(at_literal(cursor)) << text;
    }
}

TEST(LiteralParser, ReadsLists) {
    Cursor cursor("[ 'a' ,2,null ] rest");
    EXPECT_EQ(parse_literals(cursor), (std::vector<Literal>{"a"s, std::int64_t{2}, nullptr}));
    EXPECT_EQ(cursor.word(), "rest");
    for (const char* text : {"[]", "[1", "[1,]", "[1 2]", "[[1]]", "1", "[tags.x]"}) {
        Cursor broken(text);
        (void)parse_literals(broken);
        EXPECT_TRUE(broken.failed()) << text;
    }
}

}  // namespace
}  // namespace twinstorm::query
