#include "twinstorm/device/played_messages.h"

#include <gtest/gtest.h>

namespace twinstorm::device {
namespace {

using State = PlayedMessage::State;

TEST(PlayedMessages, EndAsTheyDo) {
    PlayedMessages played;
    played.made(3, 0b01, 2);
    played.made(5, 0b11, 7);
    played.made(9, 0b10, 1);
    played.acked(3);
    played.acked(4);  // Another message, without anything of ours.
    played.failed(9);
    EXPECT_EQ(played.messages(), (std::vector<PlayedMessage>{{3, 0b01, 2, State::kAcked},
                                                             {5, 0b11, 7, State::kOpen},
                                                             {9, 0b10, 1, State::kFailed}}));
    EXPECT_EQ(played.left_out(), 0U);
}

TEST(PlayedMessages, AreBounded) {
    PlayedMessages played;
    for (std::uint64_t i = 1; i <= kPlayedMessagesMax + 2; ++i) {
        played.made(i, 1, 1);
        played.acked(i);
    }
    EXPECT_EQ(played.messages().size(), kPlayedMessagesMax);
    EXPECT_EQ(played.messages().back(), (PlayedMessage{kPlayedMessagesMax, 1, 1, State::kAcked}));
    EXPECT_EQ(played.left_out(), 2U);
}

}  // namespace
}  // namespace twinstorm::device
