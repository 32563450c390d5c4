// What a person is told about a mistake in a query (query_parser.cpp, condition_parser.cpp).
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "twinstorm/query/query.h"

namespace twinstorm::query {
namespace {

using testing::HasSubstr;

struct Mistake {
    std::string text;
    std::string message;
};

std::string message_of(std::string_view text) {
    const auto parsed = parse(text);
    return parsed ? "no error" : parsed.error().detail;
}

std::string condition_message_of(std::string_view text) {
    const auto parsed = parse_condition(text);
    return parsed ? "no error" : parsed.error().detail;
}

void expect_where(const std::vector<Mistake>& mistakes) {
    for (const auto& [text, message] : mistakes) {
        EXPECT_EQ(condition_message_of(text), message) << text;
    }
}

void expect_query(const std::vector<Mistake>& mistakes) {
    for (const auto& [text, message] : mistakes) {
        EXPECT_EQ(message_of(text), message) << text;
        const auto parsed = parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument) << text;
    }
}

TEST(QueryMistakes, SayWhereWhatAndWhatWasExpected) {
    expect_query({
        {"", "column 1: expected SELECT, found the end of the text"},
        {"UPDATE devices", "column 1: expected SELECT, found 'UPDATE'"},
        {"SELECT", "column 7: expected the name of a property, found the end of the text"},
        {"SELECT * devices", "column 10: expected FROM, found 'devices'"},
        {"SELECT deviceId tags.x FROM devices",
         "column 17: expected ',', AS or FROM, found 'tags'"},
        {"SELECT deviceId AS FROM devices", "column 20: expected a name, found 'FROM'"},
        {"SELECT * FROM twins",
         "column 15: expected devices, devices.modules or devices.jobs, found 'twins'"},
        {"SELECT * FROM devices.twins",
         "column 23: expected devices, devices.modules or devices.jobs, found 'twins'"},
        {"SELECT * FROM devices AS WHERE tags.x = 1", "column 26: expected a name, found 'WHERE'"},
        {"SELECT * FROM devices c d",
         "column 25: expected an operator such as AND, a further clause, or the end of the text, "
         "found 'd'"},
        {"SELECT * FROM devices WHERE tags.x = 1;",
         "column 39: expected an operator such as AND, a further clause, or the end of the text, "
         "found ';'"},
        {"SELECT * FROM devices WHERE 'é' tags.x",
         "column 33: expected a comparison such as = or "
         "<>, found 'tags'"},
        {"SELECT TOP 0 * FROM devices",
         "column 12: expected a whole number of at least 1, found '0'"},
        {"SELECT TOP * FROM devices",
         "column 12: expected a whole number of at least 1, found '*'"},
        {"SELECT TOP 99999999999999999999 * FROM devices",
         "column 12: expected a whole number of at least 1, found '99999999999999999999'"},
    });
}

TEST(QueryMistakes, NameWhatTheServiceForbids) {
    expect_query({
        {"SELECT COUNT() AS n FROM devices.modules GROUP BY tags.x",
         "column 42: GROUP BY is supported on devices only"},
        {"SELECT * FROM devices.jobs GROUP BY jobId",
         "column 28: GROUP BY is supported on devices only"},
        {"SELECT * FROM devices GROUP BY tags.x", "column 23: SELECT * cannot be grouped"},
        {"SELECT jobId FROM devices.jobs", "column 8: devices.jobs is read by SELECT * only"},
        {"SELECT COUNT() AS n FROM devices.jobs",
         "column 8: devices.jobs is read by SELECT * only"},
        {"SELECT * FROM devices, devices.modules",
         "column 22: a query reads one collection: joins are not supported"},
        {"SELECT * FROM devices d JOIN devices.modules m",
         "column 25: a query reads one collection: joins are not supported"},
        {"SELECT * FROM devices WHERE devices.modules.moduleId = 'a'",
         "column 29: a query reads one collection: joins are not supported"},
        {"SELECT * FROM devices.jobs WHERE devices.tags.x = 1",
         "column 34: a query of devices.jobs cannot refer to the device's twin"},
        {"SELECT * FROM (SELECT * FROM devices)", "column 16: sub-queries are not supported"},
        {"SELECT * FROM devices WHERE deviceId IN (SELECT deviceId FROM devices)",
         "column 42: sub-queries are not supported"},
        {"SELECT * FROM devices WHERE tags.x = (SELECT tags.x FROM devices)",
         "column 39: sub-queries are not supported"},
        {"SELECT * FROM devices WHERE (SELECT tags.x FROM devices)",
         "column 30: sub-queries are not supported"},
        {"SELECT * FROM devices ORDER BY deviceId", "column 23: ORDER is not supported"},
        {"SELECT * FROM devices WHERE tags.x=1 LIMIT 5", "column 38: LIMIT is not supported"},
        {"SELECT DISTINCT tags.x FROM devices", "column 8: DISTINCT is not supported"},
    });
}

TEST(QueryMistakes, CheckColumnsAgainstGroups) {
    expect_query({
        {"SELECT tags.x, COUNT() AS n FROM devices",
         "column 8: a column beside aggregates must stand in GROUP BY, too"},
        {"SELECT COUNT() AS n, tags.y FROM devices GROUP BY tags.x",
         "column 22: a column beside aggregates must stand in GROUP BY, too"},
        {"SELECT tags.x, tags.y.x FROM devices",
         "column 16: two columns are named x: give one another name with AS"},
        {"SELECT COUNT(*) AS n FROM devices",
         "column 14: expected the property to be aggregated; COUNT() alone counts documents, found "
         "'*'"},
        {"SELECT SUM() AS n FROM devices", "column 12: expected the name of a property, found ')'"},
        {"SELECT MEDIAN(tags.x) FROM devices",
         "column 8: expected one of COUNT, AVG, SUM, MIN, MAX"},
        {"SELECT COUNT() FROM devices GROUP tags.x", "column 35: expected BY, found 'tags'"},
        {"SELECT c FROM devices c",
         "column 8: expected a property of the document, as in deviceId"},
    });
}

TEST(ConditionMistakes, SayWhatIsWrongWithATest) {
    expect_where({
        {"", "column 1: expected a condition, or * for all devices, found the end of the text"},
        {"properties.desired.v = properties.reported.v",
         "column 1: two properties cannot be compared: one side must be a constant, a text in "
         "quotes"},
        {"tags.x = a",
         "column 1: two properties cannot be compared: one side must be a constant, a text in "
         "quotes"},
        {"tags.x ==1", "column 9: expected a property or a constant, found '='"},
        {"tags.x =", "column 9: expected the name of a property, found the end of the text"},
        {"tags.x = ['a']", "column 10: a list stands only after IN or NIN"},
        {"tags.x IN ('a')", "column 12: expected a list in brackets, as in ['a', 'b'], found '''"},
        {"tags.x IN []",
         "column 12: expected a constant such as 'text', 12, true or null, found ']'"},
        {"'a' IN ['a']", "column 1: expected a property before IN or NIN, found a constant"},
        {"tags.x NOT IN ['a']", "column 8: expected one of = != <> < <= > >= IN NIN, found 'NOT'"},
        {"tags.x LIKE 'a%'", "column 8: expected one of = != <> < <= > >= IN NIN, found 'LIKE'"},
        {"tags.x IS NULL", "column 8: expected one of = != <> < <= > >= IN NIN, found 'IS'"},
        {"tags.x + 1 = 2", "column 8: arithmetic is not supported"},
        {"tags.x = 1 - 2", "column 12: arithmetic is not supported"},
        {"tags['x'] = 1",
         "column 5: elements of arrays have no name; a member with an unusual name is written "
         "tags.[[its name]]"},
        {"tags.[[x = 1", "column 6: this [[ has no closing ]]"},
        {"tags.[[]] = 1", "column 6: there is no name between [[ and ]]"},
        {"tags. = 1", "column 7: expected the name of a property, found '='"},
        {"'a'", "column 4: expected a comparison such as = or <>, found the end of the text"},
        {"group = 1", "column 1: expected the name of a property, found 'group'"},
    });
}

TEST(ConditionMistakes, SayWhatIsWrongWithAFunction) {
    expect_where({
        {"STARTS_WITH(deviceId,'a')",
         "column 1: expected one of is_defined, is_null, is_bool, is_number, is_string, is_object, "
         "is_array, is_primitive, STARTSWITH, ENDSWITH, CONTAINS, found 'STARTS_WITH'"},
        {"is_defined('a')", "column 12: expected the property to be tested, found '''"},
        {"is_defined(tags.x, 'a')", "column 18: expected ')', found ','"},
        {"STARTSWITH(deviceId)", "column 20: expected ',', found ')'"},
        {"STARTSWITH(deviceId, 7)", "column 22: expected a text in quotes, found '7'"},
        {"STARTSWITH(deviceId, tags.x)",
         "column 22: expected a text in quotes: two properties cannot be compared, found 'tags'"},
        {"is_defined(tags.x) > 1",
         "column 23: a function is compared by = or != with true or false"},
        {"tags.x = is_defined(tags.y)", "column 10: a function cannot be compared with a property"},
    });
}

TEST(ConditionMistakes, SayHowAConditionBegins) {
    expect_where({
        {"SELECT * FROM devices", "column 1: expected what stands after WHERE, or FROM ... WHERE"},
        {"* AND tags.x = 1", "column 3: expected the end of the text, found 'AND'"},
        {"FROM devices.jobs WHERE jobId = 'a'",
         "column 6: a condition is on devices or devices.modules"},
        {"FROM devices.modules WHERE *", "column 28: expected the name of a property, found '*'"},
        {"FROM devices.modules tags.x = 1",
         "column 26: expected WHERE, an operator such as AND, or the end of the text, found '.'"},
        {"tags.x = 1)",
         "column 11: expected an operator such as AND, or the end of the text, "
         "found ')'"},
        {"(tags.x = 1", "column 12: expected ')', found the end of the text"},
        {"(tags.x) = 1",
         "column 12: a comparison has a property on one side and a constant on the other"},
    });
}

TEST(QueryLimits, CountCharacters) {
    const std::string head = "SELECT * FROM devices WHERE tags.x = '";
    const std::string fits = head + std::string(kQueryCharactersMax - head.size() - 1, 'x') + "'";
    EXPECT_TRUE(parse(fits));
    const auto longer = parse(fits + " ");
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, ErrorCode::kLimitExceeded);
    EXPECT_EQ(longer.error().detail, "a query has at most 8192 characters, this one 8193");
    EXPECT_FALSE(parse_condition(std::string(kQueryCharactersMax, ' ') + "*"));

    std::string accents = head;
    while (accents.size() < 12'000) {
        accents += "é";  // Two bytes each: too many bytes, few enough characters.
    }
    EXPECT_TRUE(parse(accents + "'"));
}

TEST(QueryLimits, HoldAgainstDepth) {
    const auto nested = [](int depth) {
        return std::string(static_cast<std::size_t>(depth), '(') + "tags.x = 1" +
               std::string(static_cast<std::size_t>(depth), ')');
    };
    EXPECT_TRUE(parse_condition(nested(kConditionDepthMax)));
    const auto deeper = parse_condition(nested(kConditionDepthMax + 1));
    ASSERT_FALSE(deeper);
    EXPECT_EQ(deeper.error().code, ErrorCode::kLimitExceeded);
    EXPECT_THAT(deeper.error().detail, HasSubstr("more than 64 levels deep"));

    std::string nots;
    for (int i = 0; i < 2000; ++i) {
        nots += "NOT ";
    }
    EXPECT_FALSE(parse_condition(nots + "true"));
    EXPECT_FALSE(parse_condition(std::string(kQueryCharactersMax, '(')));
}

TEST(QueryLimits, LetALongChainPass) {
    std::string chain = "tags.x=0";
    for (int i = 1; chain.size() < kQueryCharactersMax - 20; ++i) {
        chain += (i % 2 == 0 ? " OR tags.x=" : " AND tags.x=") + std::to_string(i % 10);
    }
    EXPECT_TRUE(parse_condition(chain));
}

}  // namespace
}  // namespace twinstorm::query
