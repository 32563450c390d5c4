// Cloud-to-device messages of one shard's devices: taken in, delivered, and what became of them.
//
// Use:    a service sends and purges; a connection says when it begins, delivers, acknowledges and
//         ends. Outcomes that the sender asked for go to the front shard's FeedbackQueue.
// Owner:  a shard, on its loop. Queues live in their identities and survive every connection, a
//         clean one included. Errors of send(): 400004, 403004, 404001, 413001.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/json/object.hpp>

#include "hub/cloud_queue.h"
#include "hub/identity.h"
#include "hub/instant.h"
#include "hub/outcome.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/error.h"

namespace twinstorm::hub {

struct Shard;

struct CloudCounts {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t delivered = 0;  // Attempts.
    std::uint64_t completed = 0;
    std::uint64_t dead = 0;  // Expired, given up or purged.

    CloudCounts& operator+=(const CloudCounts& other);
};

class CloudMessages {
public:
    explicit CloudMessages(Shard& shard) : shard_(shard) {}

    [[nodiscard]] Outcome<void> send(amqp::CloudMessage message, Instant now);
    std::size_t purge(Identity& device, Instant now);

    // A clean connection takes nothing up from the session before.
    void connection_began(Identity& device, bool clean);
    // Writes what waits, as far as the window and the buffer's share go.
    void deliver(Identity& device, std::uint8_t qos, Buffer& out, Instant now);
    void acknowledge(Identity& device, std::uint16_t packet_id, Instant now);
    void connection_lost(Identity& device, bool keeps_session, Instant now);

    // Journal lines: a message that was taken in, and one that has left its queue.
    static constexpr std::string_view kTaken = "c2d";
    static constexpr std::string_view kDone = "c2d-done";
    [[nodiscard]] Result<void> restore(Identity& device, std::string_view op,
                                       const boost::json::object& line);

    [[nodiscard]] const CloudCounts& counts() const { return counts_; }

private:
    [[nodiscard]] Outcome<CloudQueued> prepare(amqp::CloudMessage message, Instant now);
    void settle(Identity& device, const CloudSettled& settled, Instant now);
    void settle(Identity& device, const std::vector<CloudSettled>& settled, Instant now);
    void plan_expiry(Identity& device);
    void expire(const std::string& device_id, Instant now);
    void write_line(const Identity& device, const CloudQueued& message, Instant now);

    Shard& shard_;
    CloudCounts counts_;
};

}  // namespace twinstorm::hub
