#include "iothub/query_string.h"

#include <gtest/gtest.h>

namespace twinstorm::iothub {
namespace {

TEST(QueryReader, GivesPairsAsTheyStand) {
    QueryReader reader("&a=1&&b&c==x=&d=");
    auto pair = reader.next();
    EXPECT_EQ(pair->key, "a");
    EXPECT_EQ(pair->value, "1");
    pair = reader.next();
    EXPECT_EQ(pair->key, "b");
    EXPECT_EQ(pair->value, std::nullopt);
    pair = reader.next();
    EXPECT_EQ(pair->key, "c");
    EXPECT_EQ(pair->value, "=x=");
    pair = reader.next();
    EXPECT_EQ(pair->key, "d");
    EXPECT_EQ(pair->value, "");
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.next());
}

TEST(QueryReader, FindsTheFirstValueByItsDecodedKey) {
    EXPECT_EQ(find_value("x=1&%24rid=7&$rid=8", "$rid"), "7");
    EXPECT_EQ(find_value("x=1&$rid", "$rid"), "");
    EXPECT_EQ(find_value("x=1", "$rid"), std::nullopt);
    EXPECT_EQ(find_value("", "$rid"), std::nullopt);
}

}  // namespace
}  // namespace twinstorm::iothub
