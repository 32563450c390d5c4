#include "defender/message_type.h"

#include <gtest/gtest.h>

namespace twinstorm::defender {
namespace {

TEST(MessageType, OfTheRtosAgent) {
    const auto type = parse_message_type("2.3-1-0-0");
    ASSERT_TRUE(type);
    EXPECT_EQ(type->major, 2U);
    EXPECT_EQ(type->minor, 3U);
    EXPECT_EQ(type->encoding, MessageType::Encoding::kFlatBuffers);
}

TEST(MessageType, OfALinuxAgentThatSendsJson) {
    const auto type = parse_message_type("2.10-0-1-0");
    ASSERT_TRUE(type);
    EXPECT_EQ(type->minor, 10U);
    EXPECT_EQ(type->encoding, MessageType::Encoding::kJson);
}

TEST(MessageType, OtherFormsAreNone) {
    for (const char* text : {"", "2", "2.3", "2.3-1-0", "2.3-1-0-0-0", "2.3-1-0-0 ", " 2.3-1-0-0",
                             "2.3-2-0-0", "2.3-1-2-0", "2.3-1-0-1", "2-3-1-0-0", "-2.3-1-0-0",
                             "2.+3-1-0-0", "2.99999-1-0-0", "2.3-1-0-", "x.3-1-0-0"}) {
        EXPECT_FALSE(parse_message_type(text)) << text;
    }
}

}  // namespace
}  // namespace twinstorm::defender
