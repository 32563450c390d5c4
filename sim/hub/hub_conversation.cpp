// Past 300 lines: every event in the life of a connection, a few lines each.
#include "hub/hub_conversation.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "hub/hub_log.h"
#include "hub/limits.h"
#include "hub/telemetry_intake.h"
#include "hub/twin_exchange.h"
#include "twinstorm/mqtt/malformation.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::hub {
namespace {

static_assert(sizeof(HubConversation) < 1024, "An idle connection is to stay small.");

constexpr std::uint8_t kGrantedQosMax = 1;  // QoS 2 asked for is granted as 1.

Duration keep_alive_timeout(std::uint16_t keep_alive_s) {
    if (keep_alive_s == 0) {
        return kKeepAliveTimeoutMax;
    }
    const Duration timeout = std::chrono::milliseconds(1500) * keep_alive_s;
    return std::min<Duration>(timeout, kKeepAliveTimeoutMax);
}

mqtt::ConnectCode code_of(Refusal refusal) {
    // A real hub answers 5 to all that is wrong but the protocol's level.
    return refusal == Refusal::kProtocolLevel ? mqtt::ConnectCode::kBadLevel
                                              : mqtt::ConnectCode::kNotAuthorized;
}

}  // namespace

HubConversation::HubConversation(Core& core, net::Handle handle, TimePoint now)
    : core_(&core), handle_(handle), last_packet_(now), reader_(kPacketBytesMax) {
    core_->conversations.insert(this);
}

HubConversation::~HubConversation() {
    if (core_ == nullptr) {
        return;
    }
    if (identity_ != nullptr) {
        leave(last_packet_);
    }
    core_->conversations.erase(this);
}

void HubConversation::connected(TimePoint now) {
    last_packet_ = now;
}

void HubConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    if (state_ == State::kClosing) {
        return;
    }
    reader_.feed(bytes);
    while (state_ != State::kClosing) {
        const auto packet = reader_.next();
        if (!packet) {
            drop(Drop::kMalformedPacket, now, mqtt::describe(packet.error()));
        } else if (!*packet) {
            return;
        } else {
            take_packet(**packet, now);
        }
    }
}

void HubConversation::take_packet(const mqtt::Packet& packet, TimePoint now) {
    last_packet_ = now;
    if (state_ == State::kAwaitingConnect && !std::holds_alternative<mqtt::Connect>(packet)) {
        drop(Drop::kConnectExpected, now);
        return;
    }
    std::visit([this, now](const auto& any) { on_packet(any, now); }, packet);
    if (state_ == State::kOpen && outgoing_.size() > kOutgoingBytesMax) {
        drop(Drop::kOutgoingFull, now);
    }
}

void HubConversation::disconnected(const Error& /*why*/, TimePoint now) {
    if (state_ == State::kOpen) {
        ++core_->connections.closed_by_peer;
    }
    if (state_ != State::kClosing) {
        close(true, now);
    }
}

void HubConversation::take_outgoing(Buffer& buffer) {
    if (outgoing_.empty()) {
        return;
    }
    std::swap(outgoing_, buffer);
    // What the driver brought goes to the pool: nothing is kept while nothing waits.
    outgoing_.clear();
    if (core_ != nullptr) {
        core_->loop.buffers().give(std::exchange(outgoing_, Buffer{}));
    }
}

void HubConversation::advance(TimePoint now) {
    if (state_ == State::kAwaitingConnect && now >= last_packet_ + kConnectTimeMax) {
        drop(Drop::kConnectTimeout, now);
    } else if (state_ == State::kOpen && token_ends_ && now >= *token_ends_) {
        drop(Drop::kTokenExpired, now);
    } else if (state_ == State::kOpen && now >= last_packet_ + keep_alive_) {
        drop(Drop::kKeepAlive, now);
    }
}

std::optional<TimePoint> HubConversation::next_deadline() const {
    if (state_ == State::kClosing) {
        return std::nullopt;
    }
    if (state_ == State::kAwaitingConnect) {
        return last_packet_ + kConnectTimeMax;
    }
    const TimePoint silent_until = last_packet_ + keep_alive_;
    return token_ends_ ? std::min(silent_until, *token_ends_) : silent_until;
}

void HubConversation::end(Drop rule, TimePoint now) {
    drop(rule, now);
    core_->loop.wake(handle_);
}

bool HubConversation::notify_desired(const boost::json::object& change, TimePoint now) {
    if (state_ != State::kOpen || !subscriptions_.has(iothub::Subscribable::kDesiredChanges)) {
        return false;
    }
    write_desired_notice(outgoing(), identity_->twin.desired().version(), change);
    if (outgoing_.size() > kOutgoingBytesMax) {
        drop(Drop::kOutgoingFull, now);
    }
    core_->loop.wake(handle_);
    return true;
}

void HubConversation::forget_hub() {
    state_ = State::kClosing;
    identity_ = nullptr;
    core_ = nullptr;
}

void HubConversation::on_packet(const mqtt::Connect& packet, TimePoint now) {
    if (state_ == State::kOpen) {
        drop(Drop::kSecondConnect, now);
        return;
    }
    const auto admission =
        admit_connect(core_->admission_rules(), core_->registry, packet, core_->instant(now));
    if (admission) {
        open(*admission, packet, now);
    } else {
        refuse_connect(admission.error(), packet, now);
    }
}

void HubConversation::open(const Admission& admission, const mqtt::Connect& connect,
                           TimePoint now) {
    Identity& identity = *admission.identity;
    if (identity.connected()) {
        identity.connection->end(Drop::kTakenOver, now);
    }
    state_ = State::kOpen;
    identity_ = &identity;
    identity.connection = this;
    identity.connection_changed = core_->anchor.at(now);
    identity.last_activity = identity.connection_changed;
    ++core_->connections.accepted;
    ++(identity.device == nullptr ? core_->connections.devices : core_->connections.modules);
    keep_alive_ = keep_alive_timeout(connect.keep_alive);
    token_ends_ = admission.token_ends;
    if (connect.will) {
        will_ = std::make_unique<StoredWill>(
            StoredWill{std::string(connect.will->topic), connect.will->message.size()});
    }
    // A clean connection ends the session of before as well, [MQTT-3.1.2-6].
    keeps_session_ = true;
    if (connect.clean_session) {
        change_subscriptions(SubscriptionSet{}, now);
        keeps_session_ = false;
    }
    subscriptions_ = identity.session;
    mqtt::write(outgoing(), mqtt::ConnAck{!identity.session.empty(), mqtt::ConnectCode::kAccepted});
}

void HubConversation::refuse_connect(Refusal refusal, const mqtt::Connect& connect, TimePoint now) {
    core_->rules.count(refusal);
    core_->log.line(now, "mqtt: refused {}: {}", printable(connect.client_id), name(refusal));
    mqtt::write(outgoing(), mqtt::ConnAck{false, code_of(refusal)});
    state_ = State::kClosing;
}

void HubConversation::on_packet(const mqtt::Publish& packet, TimePoint now) {
    if (packet.qos > 1) {
        drop(Drop::kQos2, now, packet.topic);
        return;
    }
    const auto topic = iothub::parse_publish_topic(packet.topic);
    if (!topic) {
        drop(Drop::kUnknownTopic, now, packet.topic);
        return;
    }
    const auto broken =
        std::visit([&](const auto& known) { return on_topic(known, packet.payload, now); }, *topic);
    if (broken) {
        drop(*broken, now, packet.topic);
        return;
    }
    if (packet.qos == 1) {
        mqtt::write(outgoing(), mqtt::PubAck{packet.packet_id});
    }
}

std::optional<Drop> HubConversation::on_topic(const iothub::TelemetryTopic& topic,
                                              mqtt::Bytes payload, TimePoint now) {
    return take_telemetry(*core_, *identity_, topic, payload.size(), now);
}

std::optional<Drop> HubConversation::on_topic(const iothub::TwinGetTopic& topic,
                                              mqtt::Bytes /*payload*/, TimePoint /*now*/) {
    if (topic.request_id.size() > kRequestIdBytesMax) {
        return Drop::kRequestId;
    }
    answer_twin_get(*core_, *identity_, topic.request_id, twin_answers());
    return std::nullopt;
}

std::optional<Drop> HubConversation::on_topic(const iothub::ReportedPatchTopic& topic,
                                              mqtt::Bytes payload, TimePoint now) {
    if (topic.request_id.size() > kRequestIdBytesMax) {
        return Drop::kRequestId;
    }
    answer_reported_patch(*core_, *identity_, topic.request_id, payload, twin_answers(), now);
    return std::nullopt;
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
        wanted.add(*what);
        codes[granted++] = std::byte{std::min(subscription.qos, kGrantedQosMax)};
    }
    change_subscriptions(wanted, now);
    mqtt::write(outgoing(), mqtt::SubAck{packet.packet_id, mqtt::Bytes(codes).first(granted)});
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
    close(false, now);  // The will is discarded, [MQTT-3.14.4-3].
}

void HubConversation::change_subscriptions(SubscriptionSet subscriptions, TimePoint now) {
    subscriptions_ = subscriptions;
    if (keeps_session_ && identity_->session != subscriptions) {
        identity_->session = subscriptions;
        core_->save_session(*identity_, now);
    }
}

void HubConversation::drop(Drop rule, TimePoint now, std::string_view detail) {
    if (state_ == State::kClosing) {
        return;
    }
    core_->rules.count(rule);
    const std::string who =
        identity_ == nullptr ? "a connection before CONNECT" : identity_->record.name.client_id();
    core_->log.line(now, "mqtt: closed {}: {}{}{}", who, name(rule), detail.empty() ? "" : ": ",
                    printable(detail));
    close(rule != Drop::kIdentityDeleted, now);
}

void HubConversation::close(bool with_will, TimePoint now) {
    if (with_will) {
        publish_will(now);
    }
    state_ = State::kClosing;
    will_.reset();
    if (identity_ != nullptr) {
        leave(now);
    }
}

// The server publishes it whenever the connection ends without DISCONNECT, [MQTT-3.1.2-8].
void HubConversation::publish_will(TimePoint now) {
    if (will_ == nullptr || identity_ == nullptr) {
        return;
    }
    const auto topic = iothub::parse_publish_topic(will_->topic);
    const auto* telemetry = topic ? std::get_if<iothub::TelemetryTopic>(&*topic) : nullptr;
    if (telemetry == nullptr) {
        return;
    }
    if (const auto broken =
            take_telemetry(*core_, *identity_, *telemetry, will_->payload_bytes, now)) {
        core_->log.line(now, "mqtt: will of {} not published: {}",
                        identity_->record.name.client_id(), name(*broken));
    }
}

void HubConversation::leave(TimePoint now) {
    identity_->connection = nullptr;
    identity_->connection_changed = core_->anchor.at(now);
    --(identity_->device == nullptr ? core_->connections.devices : core_->connections.modules);
    identity_ = nullptr;
}

Buffer& HubConversation::outgoing() {
    if (outgoing_.capacity() == 0) {
        outgoing_ = core_->loop.buffers().take();
    }
    return outgoing_;
}

Buffer* HubConversation::twin_answers() {
    return subscriptions_.has(iothub::Subscribable::kTwinResponses) ? &outgoing() : nullptr;
}

}  // namespace twinstorm::hub
