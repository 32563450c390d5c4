#include "hub/cloud_messages.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "hub/cloud_bag.h"
#include "hub/hub_conversation.h"
#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/shards.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/topic.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

bool wants_feedback(amqp::AckMode ack, amqp::DeliveryStatus status) {
    if (ack == amqp::AckMode::kFull) {
        return true;
    }
    return ack == (status == amqp::DeliveryStatus::kSuccess ? amqp::AckMode::kPositive
                                                            : amqp::AckMode::kNegative);
}

tl::unexpected<iothub::ServiceError> too_large() {
    return refuse(ServiceErrorCode::kMessageTooLarge,
                  fmt::format("A message to a device has at most {} bytes", kCloudMessageBytesMax));
}

}  // namespace

CloudCounts& CloudCounts::operator+=(const CloudCounts& other) {
    accepted += other.accepted;
    refused += other.refused;
    delivered += other.delivered;
    completed += other.completed;
    dead += other.dead;
    return *this;
}

Outcome<void> CloudMessages::send(amqp::CloudMessage message, Instant now) {
    const auto device = shard_.registry.require({message.device_id, {}});
    auto queued = device ? prepare(std::move(message), now)
                         : Outcome<CloudQueued>(tl::unexpected(device.error()));
    if (queued && (*device)->mailbox != nullptr && (*device)->mailbox->queue.full()) {
        queued = refuse(ServiceErrorCode::kDeviceMaximumQueueDepthExceeded,
                        fmt::format("{} messages wait for the device", kCloudQueueMax));
    }
    ++(queued ? counts_.accepted : counts_.refused);
    if (!queued) {
        return tl::unexpected(queued.error());
    }
    Identity& identity = **device;
    if (identity.mailbox == nullptr) {
        identity.mailbox = std::make_unique<CloudMailbox>();
    }
    CloudQueue& queue = identity.mailbox->queue;
    queued->number = queue.next_number();
    write_line(identity, *queued, now);
    queue.push(*std::move(queued));
    settle(identity, queue.expire(now.run), now);
    if (identity.connected()) {
        identity.connection->messages_wait(now.run);
    }
    plan_expiry(identity);
    return {};
}

Outcome<CloudQueued> CloudMessages::prepare(amqp::CloudMessage message, Instant now) {
    if (!message.properties.message_id || message.properties.message_id->empty()) {
        message.properties.message_id = shard_.next_tracking_id();  // SDKs take one for granted.
    }
    if (message.properties.message_id->size() > kMessageIdCharactersMax) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "The message id is too long");
    }
    const WallTime latest = now.wall + kCloudTimeToLiveMax;
    const WallTime expiry =
        std::min(latest, message.properties.expiry.value_or(
                             now.wall + shard_.common.options.cloud_to_device.time_to_live));
    const CloudBag bag = cloud_bag(message, expiry);
    if (message.body.size() + bag.metered_bytes > kCloudMessageBytesMax) {
        return too_large();
    }
    CloudQueued queued;
    queued.topic = iothub::cloud_message_topic(message.device_id, bag.text);
    if (queued.topic.size() > kTopicBytesMax) {
        return too_large();  // Encoded, its properties are larger than a topic can be.
    }
    queued.body = std::move(message.body);
    queued.message_id = *std::move(message.properties.message_id);
    queued.ack = message.ack;
    queued.expires = expiry <= now.wall ? now.run : now.run + (expiry - now.wall);
    return queued;
}

std::size_t CloudMessages::purge(Identity& device, Instant now) {
    if (device.mailbox == nullptr) {
        return 0;
    }
    const auto purged = device.mailbox->queue.purge();
    settle(device, purged, now);
    plan_expiry(device);
    return purged.size();
}

void CloudMessages::connection_began(Identity& device, bool clean) {
    if (clean && device.mailbox != nullptr) {
        device.mailbox->queue.forget_session();
    }
}

void CloudMessages::deliver(Identity& device, std::uint8_t qos, Buffer& out, Instant now) {
    CloudQueue& queue = device.mailbox->queue;
    settle(device, queue.expire(now.run), now);
    const auto send = [this, &out](const CloudQueue::Delivery& delivery) {
        mqtt::Publish publish;
        publish.topic = delivery.message.topic;
        publish.payload = delivery.message.body;
        publish.packet_id = delivery.packet_id;
        publish.qos = delivery.packet_id == 0 ? 0 : 1;
        publish.duplicate = delivery.duplicate;
        mqtt::write(out, publish);
        ++counts_.delivered;
    };
    while (queue.has_next() && out.size() < kCloudOutgoingBytesMax) {
        if (const auto settled = queue.deliver_next(qos, send)) {
            settle(device, *settled, now);
        }
    }
    plan_expiry(device);
}

void CloudMessages::acknowledge(Identity& device, std::uint16_t packet_id, Instant now) {
    if (device.mailbox == nullptr) {
        return;
    }
    if (const auto settled = device.mailbox->queue.acknowledge(packet_id)) {
        settle(device, *settled, now);
    }
}

void CloudMessages::connection_lost(Identity& device, bool keeps_session, Instant now) {
    if (device.mailbox == nullptr) {
        return;
    }
    CloudQueue& queue = device.mailbox->queue;
    settle(device, queue.connection_lost(shard_.common.options.cloud_to_device.deliveries_max),
           now);
    if (!keeps_session) {
        queue.forget_session();
    }
    if (queue.empty()) {
        shard_.agenda.cancel(device.mailbox->expiry);
        device.mailbox.reset();
        return;
    }
    plan_expiry(device);
}

Result<void> CloudMessages::restore(Identity& device, std::string_view op,
                                    const json::object& line) {
    const auto number = integer_at(line, "number");
    if (!number || *number <= 0) {
        return fail(ErrorCode::kInvalidArgument, "the message has no number");
    }
    if (op == kDone) {
        if (device.mailbox == nullptr ||
            !device.mailbox->queue.remove(static_cast<std::uint64_t>(*number))) {
            return fail(ErrorCode::kInvalidArgument, "the message was never taken in");
        }
        plan_expiry(device);
        return {};
    }
    const auto topic = text_at(line, "topic");
    const auto body = text_at(line, "body");
    const auto message_id = text_at(line, "message_id");
    const auto ack = ack_named(text_at(line, "ack").value_or(""));
    const auto expires = integer_at(line, "expires_ns");
    const auto bytes = base64_decode(body.value_or("?"));
    if (!topic || topic->empty() || topic->size() > kTopicBytesMax || !message_id || !ack ||
        !expires || !bytes) {
        return fail(ErrorCode::kInvalidArgument, "a message lacks a member");
    }
    if (device.mailbox == nullptr) {
        device.mailbox = std::make_unique<CloudMailbox>();
    }
    if (device.mailbox->queue.full()) {
        return fail(ErrorCode::kInvalidArgument, "more messages wait than can");
    }
    CloudQueued queued{static_cast<std::uint64_t>(*number),
                       std::string(*topic),
                       {},
                       std::string(*message_id),
                       *ack,
                       {}};
    const auto raw = std::as_bytes(std::span(*bytes));
    queued.body.assign(raw.begin(), raw.end());
    queued.expires = TimePoint(WallTime(Duration(*expires)) - shard_.common.anchor.at_start);
    device.mailbox->queue.push(std::move(queued));
    plan_expiry(device);
    return {};
}

void CloudMessages::settle(Identity& device, const CloudSettled& settled, Instant now) {
    ++(settled.status == amqp::DeliveryStatus::kSuccess ? counts_.completed : counts_.dead);
    if (shard_.journal.enabled()) {
        shard_.journal.append(
            {{"op", kDone}, {"device", device.record.name.device_id}, {"number", settled.number}},
            now.run);
    }
    if (!wants_feedback(settled.ack, settled.status)) {
        return;
    }
    amqp::FeedbackRecord record{settled.message_id, device.record.name.device_id,
                                device.record.generation_id, settled.status, now.wall};
    shard_.all.on(shard_.all.front(), shard_, now.run,
                  [record = std::move(record)](Shard& front, TimePoint then) {
                      front.feedback.add(record, front.instant(then));
                  });
}

void CloudMessages::settle(Identity& device, const std::vector<CloudSettled>& settled,
                           Instant now) {
    for (const CloudSettled& one : settled) {
        settle(device, one, now);
    }
}

void CloudMessages::plan_expiry(Identity& device) {
    if (device.mailbox == nullptr) {
        return;
    }
    CloudMailbox& mailbox = *device.mailbox;
    const auto next = mailbox.queue.next_expiry();
    if (mailbox.expiry.pending() && next == mailbox.expiry.due) {
        return;
    }
    shard_.agenda.cancel(mailbox.expiry);
    if (next) {
        // By name: the device may be gone by then, or be another of the same name.
        mailbox.expiry =
            shard_.agenda.at(*next, [this, id = device.record.name.device_id](TimePoint now) {
                expire(id, shard_.instant(now));
            });
    }
}

void CloudMessages::expire(const std::string& device_id, Instant now) {
    Identity* const device = shard_.registry.find({device_id, {}});
    if (device == nullptr || device->mailbox == nullptr) {
        return;
    }
    CloudMailbox& mailbox = *device->mailbox;
    if (mailbox.expiry.due <= now.run) {
        mailbox.expiry = {};  // It is the one that runs now.
    }
    settle(*device, mailbox.queue.expire(now.run), now);
    if (mailbox.queue.empty() && !device->connected()) {
        shard_.agenda.cancel(mailbox.expiry);
        device->mailbox.reset();
        return;
    }
    plan_expiry(*device);
}

void CloudMessages::write_line(const Identity& device, const CloudQueued& message, Instant now) {
    if (!shard_.journal.enabled()) {
        return;
    }
    const std::string_view body(reinterpret_cast<const char*>(message.body.data()),
                                message.body.size());
    const WallTime expires = now.wall + (message.expires - now.run);
    shard_.journal.append({{"op", kTaken},
                           {"device", device.record.name.device_id},
                           {"number", message.number},
                           {"topic", message.topic},
                           {"body", base64_encode(body)},
                           {"message_id", message.message_id},
                           {"ack", name(message.ack)},
                           {"expires_ns", expires.time_since_epoch().count()}},
                          now.run);
}

}  // namespace twinstorm::hub
