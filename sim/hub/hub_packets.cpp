// What the packets of a connected device or module mean to the hub.
#include <algorithm>
#include <array>
#include <variant>

#include "hub/hub_conversation.h"
#include "hub/limits.h"
#include "hub/telemetry_intake.h"
#include "hub/twin_exchange.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::hub {
namespace {

constexpr std::uint8_t kGrantedQosMax = 1;  // QoS 2 asked for is granted as 1.

}  // namespace

void HubConversation::perform(const mqtt::Publish& operation, const iothub::PublishTopic& topic,
                              const Passage& passage, TimePoint now) {
    if (passage.refused) {
        refuse(operation, topic, *passage.refused, now);
        return;
    }
    for (int time = 0; time < (passage.twice ? 2 : 1); ++time) {
        const auto broken = std::visit(
            [&](const auto& known) { return on_topic(known, operation, passage, now); }, topic);
        if (broken) {
            drop(*broken, now, operation.topic);
            return;
        }
    }
    if (operation.qos == 1 && state_ == State::kOpen && passage.acknowledged) {
        mqtt::write(outgoing(), mqtt::PubAck{operation.packet_id});
    }
}

std::optional<Drop> HubConversation::on_topic(const iothub::TelemetryTopic& topic,
                                              const mqtt::Publish& operation,
                                              const Passage& /*passage*/, TimePoint now) {
    return take_telemetry(*shard_, *identity_, {topic, operation.payload, operation.retain}, now);
}

std::optional<Drop> HubConversation::on_topic(const iothub::TwinGetTopic& topic,
                                              const mqtt::Publish& /*operation*/,
                                              const Passage& passage, TimePoint now) {
    if (topic.request_id.size() > kRequestIdBytesMax) {
        return Drop::kRequestId;
    }
    Buffer* const out = passage.answered ? twin_answers() : nullptr;
    answer_twin_get(*shard_, *identity_, topic.request_id, out, now);
    return std::nullopt;
}

std::optional<Drop> HubConversation::on_topic(const iothub::ReportedPatchTopic& topic,
                                              const mqtt::Publish& operation,
                                              const Passage& passage, TimePoint now) {
    if (topic.request_id.size() > kRequestIdBytesMax) {
        return Drop::kRequestId;
    }
    Buffer* const out = passage.answered ? twin_answers() : nullptr;
    answer_reported_patch(*shard_, *identity_, topic.request_id, operation.payload, out, now);
    return std::nullopt;
}

// A reply that comes too late, or to another's call, is nobody's fault that the hub could tell.
std::optional<Drop> HubConversation::on_topic(const iothub::MethodResponseTopic& topic,
                                              const mqtt::Publish& operation,
                                              const Passage& /*passage*/, TimePoint now) {
    shard_->methods.replied(*identity_, topic, operation.payload, now);
    return std::nullopt;
}

void HubConversation::on_packet(const mqtt::PubAck& packet, TimePoint now) {
    shard_->cloud_messages.acknowledge(*identity_, packet.packet_id, shard_->instant(now));
    send_messages(now);  // The window has room again.
}

void HubConversation::on_packet(const mqtt::Subscribe& packet, TimePoint now) {
    if (packet.subscriptions.size() > kSubscriptionsMax) {
        drop(Drop::kTooManySubscriptions, now);
        return;
    }
    SubscriptionSet wanted = subscriptions_;
    std::array<std::byte, kSubscriptionsMax> codes{};
    std::size_t granted = 0;
    for (const mqtt::Subscription& subscription : packet.subscriptions) {
        const auto what = iothub::parse_filter(subscription.filter, identity_->record.name);
        if (!what) {
            drop(Drop::kUnknownFilter, now, subscription.filter);
            return;
        }
        const std::uint8_t qos = std::min(subscription.qos, kGrantedQosMax);
        wanted.add(*what, qos);
        codes[granted++] = std::byte{qos};
    }
    change_subscriptions(wanted, now);
    mqtt::write(outgoing(), mqtt::SubAck{packet.packet_id, mqtt::Bytes(codes).first(granted)});
    serve_subscriptions(now);
}

void HubConversation::on_packet(const mqtt::Unsubscribe& packet, TimePoint now) {
    SubscriptionSet wanted = subscriptions_;
    for (const std::string_view filter : packet.filters) {
        if (const auto what = iothub::parse_filter(filter, identity_->record.name)) {
            wanted.remove(*what);
        }
    }
    change_subscriptions(wanted, now);
    mqtt::write(outgoing(), mqtt::UnsubAck{packet.packet_id});
}

void HubConversation::on_packet(const mqtt::PingReq& /*packet*/, TimePoint /*now*/) {
    mqtt::write(outgoing(), mqtt::PingResp{});
}

void HubConversation::on_packet(const mqtt::Disconnect& /*packet*/, TimePoint now) {
    perform_due(now, true);
    close(false, now);  // The will is discarded, [MQTT-3.14.4-3].
}

void HubConversation::change_subscriptions(SubscriptionSet subscriptions, TimePoint now) {
    subscriptions_ = subscriptions;
    if (keeps_session_ && identity_->session != subscriptions) {
        identity_->session = subscriptions;
        shard_->save_session(*identity_, now);
    }
}

Buffer* HubConversation::twin_answers() {
    return subscriptions_.has(iothub::Subscribable::kTwinResponses) ? &outgoing() : nullptr;
}

}  // namespace twinstorm::hub
