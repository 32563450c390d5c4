#include "hub/message_sequence.h"

#include <gtest/gtest.h>

namespace twinstorm::hub {
namespace {

TEST(MessageSequence, ReadsTheNumberAtTheEnd) {
    EXPECT_EQ(trailing_sequence("gw-00001-42"), 42U);
    EXPECT_EQ(trailing_sequence("7"), 7U);
    EXPECT_EQ(trailing_sequence("a0017"), 17U);
    EXPECT_EQ(trailing_sequence("x-999999999999999999"), 999'999'999'999'999'999U);
}

TEST(MessageSequence, DoesNotTakeAnEscapeForDigits) {
    EXPECT_EQ(trailing_sequence("gw%3A12"), 12U);
    EXPECT_EQ(trailing_sequence("gw%2012"), 12U);  // A space, then 12.
    EXPECT_EQ(trailing_sequence("gw%A012"), 12U);
    EXPECT_EQ(trailing_sequence("gw%20"), std::nullopt);
    EXPECT_EQ(trailing_sequence("gw%A0"), std::nullopt);
    EXPECT_EQ(trailing_sequence("12%3A"), std::nullopt);
}

TEST(MessageSequence, FindsNoneWhereThereIsNone) {
    EXPECT_EQ(trailing_sequence(""), std::nullopt);
    EXPECT_EQ(trailing_sequence("gw-"), std::nullopt);
    EXPECT_EQ(trailing_sequence("x1234567890123456789"), std::nullopt);  // Over 18 digits.
    EXPECT_EQ(trailing_sequence("1f0c7a52-9d3e-4a11-8f00-c0ffee001234"), std::nullopt);
}

}  // namespace
}  // namespace twinstorm::hub
