// What the cloud has sent to one device and the device has not completed yet, in order.
//
// Use:    push(); deliver_next() while has_next(); acknowledge() completes what went at QoS 1, and
//         connection_lost() puts the rest back. Expired and purged messages leave the queue, too;
//         each that leaves is given back as settled, for its feedback.
// Owner:  the identity of the device. Limits: kCloudQueueMax messages, kCloudInFlightMax of them
//         sent and not acknowledged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hub/agenda.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/time.h"

namespace twinstorm::hub {

struct CloudQueued {
    std::uint64_t number = 0;  // Of this device's messages; names it in the journal.
    std::string topic;
    std::vector<std::byte> body;
    std::string message_id;
    amqp::AckMode ack = amqp::AckMode::kNone;
    TimePoint expires{};
};

struct CloudSettled {
    std::uint64_t number = 0;
    std::string message_id;
    amqp::AckMode ack = amqp::AckMode::kNone;
    amqp::DeliveryStatus status = amqp::DeliveryStatus::kSuccess;
};

class CloudQueue {
public:
    struct Delivery {
        const CloudQueued& message;
        std::uint16_t packet_id;  // 0 at QoS 0.
        bool duplicate;
    };
    using Send = std::function<void(const Delivery&)>;

    [[nodiscard]] bool full() const;
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::uint64_t next_number() const { return last_number_ + 1; }
    void push(CloudQueued message);  // Not when it is full.

    // Something waits, and the window has room for it.
    [[nodiscard]] bool has_next() const;
    // QoS 0 completes the message. One that was sent before in this session keeps its packet id and
    // its QoS 1, [MQTT-4.4.0-1].
    [[nodiscard]] std::optional<CloudSettled> deliver_next(std::uint8_t qos, const Send& send);
    // None for an id that is not in flight.
    [[nodiscard]] std::optional<CloudSettled> acknowledge(std::uint16_t packet_id);
    // Gives up what was delivered `deliveries_max` times.
    [[nodiscard]] std::vector<CloudSettled> connection_lost(unsigned deliveries_max);
    void forget_session();  // What waits is new to the next connection.

    // Of what is not in flight: a message on its way is the device's until the connection ends.
    [[nodiscard]] std::optional<TimePoint> next_expiry() const;
    [[nodiscard]] std::vector<CloudSettled> expire(TimePoint now);
    [[nodiscard]] std::vector<CloudSettled> purge();
    bool remove(std::uint64_t number);  // As the journal tells.

private:
    struct Entry {
        CloudQueued message;
        std::uint16_t packet_id = 0;  // 0: not sent in this session.
        std::uint16_t deliveries = 0;
        bool in_flight = false;
    };

    template <class Gone>
    [[nodiscard]] std::vector<CloudSettled> settle_if(amqp::DeliveryStatus status, Gone gone);
    [[nodiscard]] std::uint16_t next_packet_id();

    std::vector<Entry> entries_;  // Oldest first; at most kCloudQueueMax.
    std::uint64_t last_number_ = 0;
    std::uint16_t in_flight_ = 0;
    std::uint16_t last_packet_id_ = 0;
};

// A device has one from its first message on, until it is empty and nobody is connected.
struct CloudMailbox {
    CloudQueue queue;
    Agenda::Entry expiry;
};

}  // namespace twinstorm::hub
