// A conversation that was accepted: one connection, owned by the loop that carries it.
//
// Use:    as Conversation; `handle` is for wake() when it is given something to send from outside a
//         call of its loop, and for hand_over(). wants_connection() true from the start.
// Owner:  the loop; one at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "twinstorm/net/conversation.h"

namespace twinstorm::net {

using Handle = std::uint32_t;

// Who is at the other end of an accepted connection.
struct Peer {
    std::string address;
    // DER, leaf first; empty: it showed none. TLS has proven that the peer holds the leaf's key,
    // and nothing else: whether the chain is to be trusted is for the service to say.
    std::vector<std::string> certificates{};
};

class ServerConversation : public Conversation {
public:
    // After hand_over(): it is carried by another loop now, under this handle.
    virtual void moved(Handle handle, TimePoint now) = 0;
};

}  // namespace twinstorm::net
