// A handle with its generation: what an asynchronous handler keeps instead of a pointer.
#pragma once

#include <cstdint>

#include "twinstorm/net/loop.h"

namespace twinstorm::asio_net {

struct Ticket {
    net::Handle handle = 0;
    std::uint32_t generation = 0;
};

}  // namespace twinstorm::asio_net
