// The QoS 1 messages that are not acknowledged, in their order, whoever is to send them again.
//
// Use:    Paho sends again by itself what it had sent, when the server still has the session. What
//         it has given up, or never took, is handed to it anew after the next open().
// Owner:  one link. Limits: kKeptMax messages.
#pragma once

#include <deque>

#include <mqtt/message.h>

#include "paho_link/event.h"

namespace twinstorm::paho_link {

struct KeptMessage {
    net::PublishId id = 0;
    ::mqtt::const_message_ptr message;  // Shared with Paho's own token of it.
    bool with_paho = false;
};

class KeptMessages {
public:
    [[nodiscard]] bool full() const;
    void add(KeptMessage message) { messages_.push_back(std::move(message)); }
    [[nodiscard]] bool erase(net::PublishId id);  // False: not kept, or not any more.

    void given_up(net::PublishId id);
    void given_up_all();

    [[nodiscard]] std::deque<KeptMessage>& messages() { return messages_; }

private:
    [[nodiscard]] std::deque<KeptMessage>::iterator find(net::PublishId id);

    std::deque<KeptMessage> messages_;  // Acknowledgements come in order, mostly.
};

}  // namespace twinstorm::paho_link
