// About 300 lines: the whole life of a connection, from its first byte to its end, in one place.
#include "hub/hub_conversation.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "hub/hub_log.h"
#include "hub/limits.h"
#include "hub/shards.h"
#include "hub/telemetry_intake.h"
#include "hub/twin_exchange.h"
#include "twinstorm/mqtt/malformation.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::hub {
namespace {

static_assert(sizeof(HubConversation) < 1024, "An idle connection is to stay small.");

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

HubConversation::HubConversation(Shard& shard, net::Handle handle, const net::Peer& peer,
                                 TimePoint now)
    : shard_(nullptr),
      arrival_(std::make_unique<Arrival>(Arrival{peer})),
      handle_(handle),
      last_packet_(now),
      reader_(kPacketBytesMax) {
    settle_in(shard);
}

HubConversation::~HubConversation() {
    if (shard_ == nullptr) {
        return;
    }
    if (identity_ != nullptr) {
        leave(last_packet_);
    }
    depart();
}

void HubConversation::settle_in(Shard& shard) {
    shard_ = &shard;
    place_ = shard.conversations.size();
    shard.conversations.push_back(this);
    ++shard.common.connections;
}

void HubConversation::depart() {
    HubConversation* const last = shard_->conversations.back();
    last->place_ = place_;
    shard_->conversations[place_] = last;
    shard_->conversations.pop_back();
    --shard_->common.connections;
    shard_ = nullptr;
}

void HubConversation::connected(TimePoint now) {
    last_packet_ = now;
}

void HubConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    if (state_ == State::kClosing || state_ == State::kMoving) {
        return;
    }
    if (state_ != State::kOpen) {
        arrival_->bytes.insert(arrival_->bytes.end(), bytes.begin(), bytes.end());
    }
    if (state_ == State::kDelayed) {
        return;
    }
    slow_down(bytes.size(), now);
    reader_.feed(bytes);
    while (state_ == State::kAwaitingConnect || state_ == State::kOpen) {
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
    limit_outgoing(now);
}

void HubConversation::disconnected(const Error& /*why*/, TimePoint now) {
    if (state_ == State::kOpen) {
        ++shard_->connections.closed_by_peer;
    }
    if (state_ != State::kClosing) {
        close(true, now);
    }
}

bool HubConversation::accepts_input() const {
    const bool stalled = shard_ != nullptr && shard_->faults.stalled();
    return state_ != State::kMoving && state_ != State::kDelayed && !stalled && !reads_slowly() &&
           (waiting_ == nullptr || !waiting_->full());
}

void HubConversation::take_outgoing(Buffer& buffer) {
    const bool stalled = shard_ != nullptr && shard_->faults.stalled();
    if (outgoing_.empty() || stalled) {
        return;
    }
    std::swap(outgoing_, buffer);
    // What the driver brought goes to the pool: nothing is kept while nothing waits.
    outgoing_.clear();
    if (shard_ != nullptr) {
        shard_->loop.buffers().give(std::exchange(outgoing_, Buffer{}));
    }
}

void HubConversation::advance(TimePoint now) {
    if (shard_ != nullptr && shard_->faults.stalled()) {
        return;  // The end of the stall wakes it.
    }
    if (reads_slowly() && now >= reads_again_) {
        reads_again_ = {};
    }
    perform_due(now, false);
    if (state_ == State::kDelayed && now >= *arrival_->delayed_until) {
        read_connect_again(now);
    } else if (state_ == State::kOpen && cut_at_ && now >= *cut_at_) {
        drop(Drop::kFault, now);
    } else if (state_ == State::kAwaitingConnect && now >= last_packet_ + kConnectTimeMax) {
        drop(Drop::kConnectTimeout, now);
    } else if (state_ == State::kOpen && token_ends_ && now >= *token_ends_) {
        drop(Drop::kTokenExpired, now);
    } else if (state_ == State::kOpen && now >= last_packet_ + keep_alive_) {
        drop(Drop::kKeepAlive, now);
    }
}

std::optional<TimePoint> HubConversation::next_deadline() const {
    if (state_ == State::kClosing || state_ == State::kMoving || shard_ == nullptr ||
        shard_->faults.stalled()) {
        return std::nullopt;
    }
    if (state_ == State::kAwaitingConnect) {
        return last_packet_ + kConnectTimeMax;
    }
    if (state_ == State::kDelayed) {
        return arrival_->delayed_until;
    }
    TimePoint next = last_packet_ + keep_alive_;
    const auto consider = [&next](std::optional<TimePoint> other) {
        next = std::min(next, other.value_or(next));
    };
    consider(token_ends_);
    consider(cut_at_);
    consider(waiting_ == nullptr ? std::nullopt : waiting_->next_due());
    consider(reads_slowly() ? std::optional(reads_again_) : std::nullopt);
    return next;
}

void HubConversation::end(Drop rule, TimePoint now) {
    drop(rule, now);
    shard_->loop.wake(handle_);
}

void HubConversation::forget_hub() {
    state_ = State::kClosing;
    identity_ = nullptr;
    shard_ = nullptr;
}

void HubConversation::on_packet(const mqtt::Connect& packet, TimePoint now) {
    if (state_ == State::kOpen) {
        drop(Drop::kSecondConnect, now);
        return;
    }
    if (belongs_elsewhere(packet)) {
        return;
    }
    const std::size_t slash = std::min(packet.client_id.find('/'), packet.client_id.size());
    Identity* const identity = shard_->registry.find(
        packet.client_id.substr(0, slash),
        packet.client_id.substr(std::min(slash + 1, packet.client_id.size())));
    if (!may_connect(identity, now)) {
        return;
    }
    const auto admission = admit_connect(shard_->admission_rules(), identity, packet,
                                         arrival_->peer.certificates, shard_->instant(now));
    if (admission) {
        open(*admission, packet, now);
    } else {
        refuse_connect(admission.error(), packet, now);
    }
}

// The device decides which shard serves the connection. On the same loop it only changes hands;
// else the loop carries it there, with all the bytes that have come so far, to be read anew.
bool HubConversation::belongs_elsewhere(const mqtt::Connect& connect) {
    const std::string_view device_id = connect.client_id.substr(0, connect.client_id.find('/'));
    Shard& here = *shard_;
    Shard& owner = here.all.owner_of(device_id);
    if (&owner == &here) {
        return false;
    }
    depart();
    if (&owner.loop == &here.loop) {
        settle_in(owner);
        return false;
    }
    ++here.connections.handed_over;
    next_shard_ = &owner;
    state_ = State::kMoving;
    here.loop.hand_over(handle_, owner.loop);
    return true;
}

void HubConversation::moved(net::Handle handle, TimePoint now) {
    handle_ = handle;
    settle_in(*std::exchange(next_shard_, nullptr));
    read_connect_again(now);
}

void HubConversation::read_connect_again(TimePoint now) {
    state_ = State::kAwaitingConnect;
    reader_.reset();
    const Buffer bytes = std::exchange(arrival_->bytes, {});
    receive(bytes, now);
}

void HubConversation::open(const Admission& admission, const mqtt::Connect& connect,
                           TimePoint now) {
    Identity& identity = *admission.identity;
    if (identity.connected()) {
        identity.connection->end(Drop::kTakenOver, now);
    }
    state_ = State::kOpen;
    arrival_.reset();
    opened_at_ = now;
    identity_ = &identity;
    identity.admitted_scope = admission.scope;
    identity.admitted_type = admission.type;
    identity.connection = this;
    identity.connection_changed = shard_->instant(now).wall;
    identity.last_activity = identity.connection_changed;
    shard_->registry.set_model(identity, admission.model_id, shard_->instant(now));
    shard_->events.append_connection(identity, true, identity.connection_changed);
    ++shard_->connections.accepted;
    ++(identity.device == nullptr ? shard_->connections.devices : shard_->connections.modules);
    keep_alive_ = keep_alive_timeout(connect.keep_alive);
    token_ends_ = admission.token_ends;
    if (connect.will) {
        will_ = std::make_unique<StoredWill>(
            StoredWill{std::string(connect.will->topic),
                       Buffer(connect.will->message.begin(), connect.will->message.end()),
                       connect.will->retain});
    }
    // A clean connection ends the session of before as well, [MQTT-3.1.2-6].
    keeps_session_ = true;
    if (connect.clean_session) {
        change_subscriptions(SubscriptionSet{}, now);
        keeps_session_ = false;
    }
    subscriptions_ = identity.session;
    shard_->cloud_messages.connection_began(identity, connect.clean_session);
    mqtt::write(outgoing(), mqtt::ConnAck{!identity.session.empty(), mqtt::ConnectCode::kAccepted});
    if (shard_->common.quota.exceeded(shard_->instant(now).wall)) {
        drop(Drop::kQuota, now);  // A real hub lets it in, and then cuts it off.
        return;
    }
    faults_changed(now);
    serve_subscriptions(now);
}

void HubConversation::refuse_connect(Refusal refusal, const mqtt::Connect& connect, TimePoint now) {
    shard_->rules.count(refusal);
    shard_->log.line(now, "mqtt: refused {}: {}", printable(connect.client_id), name(refusal));
    mqtt::write(outgoing(), mqtt::ConnAck{false, code_of(refusal)});
    state_ = State::kClosing;
}

void HubConversation::drop(Drop rule, TimePoint now, std::string_view detail) {
    if (state_ == State::kClosing) {
        return;
    }
    shard_->rules.count(rule);
    const std::string who =
        identity_ == nullptr ? "a connection before CONNECT" : identity_->record.name.client_id();
    shard_->log.line(now, "mqtt: closed {}: {}{}{}", who, name(rule), detail.empty() ? "" : ": ",
                     printable(detail));
    close(rule != Drop::kIdentityDeleted, now);
}

void HubConversation::close(bool with_will, TimePoint now) {
    if (with_will) {
        publish_will(now);
    }
    state_ = State::kClosing;
    will_.reset();
    waiting_.reset();
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
    if (const auto broken = take_telemetry(
            *shard_, *identity_, {*telemetry, will_->payload, will_->retain, true}, now)) {
        shard_->log.line(now, "mqtt: will of {} not published: {}",
                         identity_->record.name.client_id(), name(*broken));
    }
}

void HubConversation::leave(TimePoint now) {
    Identity& identity = *std::exchange(identity_, nullptr);
    identity.connection = nullptr;
    identity.connection_changed = shard_->instant(now).wall;
    shard_->events.append_connection(identity, false, identity.connection_changed);
    --(identity.device == nullptr ? shard_->connections.devices : shard_->connections.modules);
    shard_->cloud_messages.connection_lost(identity, keeps_session_, shard_->instant(now));
    shard_->methods.connection_lost(identity, now);  // Last: whoever called may call again.
}

Buffer& HubConversation::outgoing() {
    if (outgoing_.capacity() == 0) {
        outgoing_ = shard_->loop.buffers().take();
    }
    return outgoing_;
}

}  // namespace twinstorm::hub
