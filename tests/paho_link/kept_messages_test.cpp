#include "paho_link/kept_messages.h"

#include <gtest/gtest.h>

#include "paho_link/limits.h"

namespace twinstorm::paho_link {
namespace {

KeptMessage kept(net::PublishId id) {
    return {id, ::mqtt::make_message("topic", std::to_string(id)), true};
}

std::vector<net::PublishId> given_up(KeptMessages& messages) {
    std::vector<net::PublishId> ids;
    for (const KeptMessage& message : messages.messages()) {
        if (!message.with_paho) {
            ids.push_back(message.id);
        }
    }
    return ids;
}

TEST(KeptMessages, ForgetsAMessageOnce) {
    KeptMessages messages;
    messages.add(kept(1));
    messages.add(kept(2));
    EXPECT_TRUE(messages.erase(2));
    EXPECT_FALSE(messages.erase(2));
    EXPECT_FALSE(messages.erase(3));
    EXPECT_TRUE(messages.erase(1));
    EXPECT_TRUE(messages.messages().empty());
}

TEST(KeptMessages, KnowsWhatPahoHasGivenUp) {
    KeptMessages messages;
    for (net::PublishId id = 1; id <= 4; ++id) {
        messages.add(kept(id));
    }
    EXPECT_TRUE(given_up(messages).empty());
    messages.given_up(3);
    messages.given_up(77);  // Acknowledged meanwhile.
    EXPECT_EQ(given_up(messages), std::vector<net::PublishId>{3});
    messages.given_up_all();
    EXPECT_EQ(given_up(messages), (std::vector<net::PublishId>{1, 2, 3, 4}));
}

TEST(KeptMessages, IsFullAtItsLimit) {
    KeptMessages messages;
    const KeptMessage one = kept(1);
    for (std::size_t number = 0; number < kKeptMax; ++number) {
        EXPECT_FALSE(messages.full());
        messages.add({static_cast<net::PublishId>(number), one.message, true});
    }
    EXPECT_TRUE(messages.full());
    EXPECT_TRUE(messages.erase(5));
    EXPECT_FALSE(messages.full());
}

}  // namespace
}  // namespace twinstorm::paho_link
