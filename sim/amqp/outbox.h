// Sends whole messages on a link, while there is credit and room.
#pragma once

#include <cstdint>

#include <proton/types.h>

#include "twinstorm/base/buffer_pool.h"

namespace twinstorm::amqp {

// Credit, room in the session, and not too much that the peer has not settled.
[[nodiscard]] bool can_send(pn_link_t* link);

// The delivery, or null when the peer wants everything settled by the sender, and so it is.
pn_delivery_t* send_message(pn_link_t* link, const Buffer& message, std::uint64_t tag);

// Gives unused credit back when the peer asked for that [AMQP-2.6.7].
void drain(pn_link_t* link);

}  // namespace twinstorm::amqp
