#include "hub/cloud_queue.h"

#include <algorithm>
#include <utility>

#include "hub/limits.h"
#include "twinstorm/base/check.h"

namespace twinstorm::hub {
namespace {

CloudSettled settled(CloudQueued& message, amqp::DeliveryStatus status) {
    return {message.number, std::move(message.message_id), message.ack, status};
}

}  // namespace

bool CloudQueue::full() const {
    return entries_.size() >= kCloudQueueMax;
}

void CloudQueue::push(CloudQueued message) {
    TWINSTORM_CHECK(!full());
    last_number_ = std::max(last_number_, message.number);
    entries_.push_back({std::move(message), 0, 0, false});
}

bool CloudQueue::has_next() const {
    return in_flight_ < kCloudInFlightMax && in_flight_ < entries_.size();
}

std::optional<CloudSettled> CloudQueue::deliver_next(std::uint8_t qos, const Send& send) {
    const auto next = std::ranges::find(entries_, false, &Entry::in_flight);
    TWINSTORM_CHECK(has_next() && next != entries_.end());
    if (qos == 0 && next->packet_id == 0) {
        send({next->message, 0, false});
        CloudSettled result = settled(next->message, amqp::DeliveryStatus::kSuccess);
        entries_.erase(next);
        return result;
    }
    const bool duplicate = next->packet_id != 0;
    if (!duplicate) {
        next->packet_id = next_packet_id();
    }
    next->in_flight = true;
    ++next->deliveries;
    ++in_flight_;
    send({next->message, next->packet_id, duplicate});
    return std::nullopt;
}

std::optional<CloudSettled> CloudQueue::acknowledge(std::uint16_t packet_id) {
    const auto found = std::ranges::find_if(entries_, [packet_id](const Entry& entry) {
        return entry.in_flight && entry.packet_id == packet_id;
    });
    if (found == entries_.end()) {
        return std::nullopt;
    }
    CloudSettled result = settled(found->message, amqp::DeliveryStatus::kSuccess);
    entries_.erase(found);
    --in_flight_;
    return result;
}

std::vector<CloudSettled> CloudQueue::connection_lost(unsigned deliveries_max) {
    for (Entry& entry : entries_) {
        entry.in_flight = false;
    }
    in_flight_ = 0;
    return settle_if(
        amqp::DeliveryStatus::kDeliveryCountExceeded,
        [deliveries_max](const Entry& entry) { return entry.deliveries >= deliveries_max; });
}

void CloudQueue::forget_session() {
    for (Entry& entry : entries_) {
        entry.packet_id = 0;
    }
}

std::optional<TimePoint> CloudQueue::next_expiry() const {
    std::optional<TimePoint> earliest;
    for (const Entry& entry : entries_) {
        if (!entry.in_flight && (!earliest || entry.message.expires < *earliest)) {
            earliest = entry.message.expires;
        }
    }
    return earliest;
}

std::vector<CloudSettled> CloudQueue::expire(TimePoint now) {
    return settle_if(amqp::DeliveryStatus::kExpired, [now](const Entry& entry) {
        return !entry.in_flight && entry.message.expires <= now;
    });
}

std::vector<CloudSettled> CloudQueue::purge() {
    in_flight_ = 0;
    return settle_if(amqp::DeliveryStatus::kPurged, [](const Entry&) { return true; });
}

bool CloudQueue::remove(std::uint64_t number) {
    return std::erase_if(entries_, [number](const Entry& entry) {
               return entry.message.number == number;
           }) > 0;
}

template <class Gone>
std::vector<CloudSettled> CloudQueue::settle_if(amqp::DeliveryStatus status, Gone gone) {
    std::vector<CloudSettled> result;
    std::vector<Entry> rest;
    for (Entry& entry : entries_) {
        if (gone(std::as_const(entry))) {
            result.push_back(settled(entry.message, status));
        } else {
            rest.push_back(std::move(entry));
        }
    }
    entries_ = std::move(rest);
    return result;
}

// Never one that is still unacknowledged, [MQTT-2.3.1-2]; there are far fewer of those than ids.
std::uint16_t CloudQueue::next_packet_id() {
    do {
        ++last_packet_id_;
    } while (last_packet_id_ == 0 ||
             std::ranges::find(entries_, last_packet_id_, &Entry::packet_id) != entries_.end());
    return last_packet_id_;
}

}  // namespace twinstorm::hub
