// One end of a byte stream, without I/O: bytes and time go in, bytes and wishes come out.
//
// Use:    while wants_connection(), a driver keeps a connection; it says connected(), feeds
//         receive() and advance(), then takes what there is to send in one write, and says
//         sent() once the kernel has it. It says disconnected() when the connection is gone, for
//         whichever reason. A conversation that no longer wants its connection is flushed and
//         closed; a dial that is no longer wanted ends in disconnected(), never in connected().
// Owner:  one worker; never shared. A client's conversation may be connected many times, one
//         after another; a server's lives for one connection.
#pragma once

#include <cstddef>
#include <span>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/error.h"
#include "twinstorm/net/activity.h"

namespace twinstorm::net {

class Conversation : public Activity {
public:
    [[nodiscard]] virtual bool wants_connection() const = 0;

    virtual void connected(TimePoint now) = 0;
    virtual void receive(std::span<const std::byte> bytes, TimePoint now) = 0;
    virtual void disconnected(const Error& why, TimePoint now) = 0;

    // Swaps: the driver brings an empty buffer and owns the bytes in flight.
    virtual void take_outgoing(Buffer& buffer) = 0;
    virtual void sent(TimePoint now) = 0;

    // After Loop::wake(): something was changed from outside a call of the loop, so that whatever
    // it remembers of others' wishes no longer counts.
    virtual void woken() {}

    // False: the driver reads no more for now, so that the peer feels it; asked after each turn.
    [[nodiscard]] virtual bool accepts_input() const { return true; }
};

}  // namespace twinstorm::net
