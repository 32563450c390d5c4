#include "dps/dps_conversation.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include <boost/json/serialize.hpp>

#include "dps/json_body.h"
#include "dps/limits.h"
#include "dps/text.h"
#include "twinstorm/mqtt/malformation.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::dps {
namespace {

constexpr std::uint8_t kProtocolLevel = 4;  // MQTT 3.1.1, [MQTT-3.1.2-2].
constexpr std::uint8_t kGrantedQosMax = 1;

std::string_view text_of(mqtt::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Duration keep_alive_timeout(std::uint16_t keep_alive_s) {
    const Duration timeout = std::chrono::milliseconds(1500) * keep_alive_s;
    return keep_alive_s == 0 ? kKeepAliveTimeoutMax
                             : std::min<Duration>(timeout, kKeepAliveTimeoutMax);
}

// When a connection that this token opened is to end; none when that is beyond any run.
std::optional<TimePoint> token_ends(const Caller& caller, std::chrono::seconds grace, Instant now) {
    const auto unix_now = std::chrono::floor<std::chrono::seconds>(now.wall).time_since_epoch();
    if (caller.token_expiry == 0 ||
        caller.token_expiry - unix_now.count() > std::chrono::seconds(kSasTimerMax).count()) {
        return std::nullopt;
    }
    return now.run + (WallTime(std::chrono::seconds(caller.token_expiry)) + grace - now.wall);
}

}  // namespace

DpsConversation::DpsConversation(Core& core, net::Peer peer, TimePoint now)
    : core_(&core), peer_(std::move(peer)), last_packet_(now), reader_(kPacketBytesMax) {
    core_->conversations.insert(this);
}

DpsConversation::~DpsConversation() {
    if (core_ != nullptr) {
        core_->conversations.erase(this);
    }
}

void DpsConversation::forget_service() {
    state_ = State::kClosing;
    core_ = nullptr;
}

void DpsConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    if (state_ == State::kClosing) {
        return;
    }
    reader_.feed(bytes);
    while (state_ != State::kClosing) {
        const auto packet = reader_.next();
        if (!packet) {
            drop("malformed-packet", now, mqtt::describe(packet.error()));
        } else if (!*packet) {
            return;
        } else {
            take_packet(**packet, now);
        }
    }
}

void DpsConversation::take_packet(const mqtt::Packet& packet, TimePoint now) {
    last_packet_ = now;
    if (state_ == State::kAwaitingConnect && !std::holds_alternative<mqtt::Connect>(packet)) {
        drop("connect-expected", now);
        return;
    }
    std::visit([this, now](const auto& any) { on_packet(any, now); }, packet);
    if (state_ == State::kOpen && outgoing_.size() > kOutgoingBytesMax) {
        drop("outgoing-full", now);
    }
}

void DpsConversation::disconnected(const Error& /*why*/, TimePoint /*now*/) {
    state_ = State::kClosing;
}

void DpsConversation::take_outgoing(Buffer& buffer) {
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

void DpsConversation::advance(TimePoint now) {
    if (state_ == State::kAwaitingConnect && now >= last_packet_ + kConnectTimeMax) {
        drop("connect-timeout", now);
    } else if (state_ == State::kOpen && token_ends_ && now >= *token_ends_) {
        drop("token-expired", now);
    } else if (state_ == State::kOpen && now >= last_packet_ + keep_alive_) {
        drop("keep-alive", now);
    }
}

std::optional<TimePoint> DpsConversation::next_deadline() const {
    if (state_ == State::kClosing) {
        return std::nullopt;
    }
    if (state_ == State::kAwaitingConnect) {
        return last_packet_ + kConnectTimeMax;
    }
    const TimePoint silent_until = last_packet_ + keep_alive_;
    return token_ends_ ? std::min(silent_until, *token_ends_) : silent_until;
}

void DpsConversation::on_packet(const mqtt::Connect& packet, TimePoint now) {
    if (state_ == State::kOpen) {
        drop("second-connect", now);
        return;
    }
    if (packet.level != kProtocolLevel) {
        refuse_connect(packet, "protocol-level", now);
        return;
    }
    auto caller = attest(packet, now);
    if (!caller && caller.error().code == FaultCode::kUnauthorized) {
        refuse_connect(packet, caller.error().text, now);
        return;
    }
    open(packet, std::move(caller), now);
}

Outcome<Caller> DpsConversation::attest(const mqtt::Connect& packet, TimePoint now) const {
    const auto user_name = parse_user_name(packet.user_name.value_or(""));
    if (!user_name || user_name->id_scope != core_->options.id_scope) {
        return refuse(FaultCode::kUnauthorized, "the user name is not of this id scope");
    }
    const std::string_view id = user_name->registration_id;
    if (!is_registration_id(id) || lower(packet.client_id) != lower(id)) {
        return refuse(FaultCode::kUnauthorized, "the client id is not the registration id");
    }
    const AttestationRules rules = core_->attestation_rules();
    const WallTime wall = core_->anchor.at(now);
    if (packet.password && !packet.password->empty()) {
        return attest_token(rules, id, text_of(*packet.password), wall);
    }
    return attest_certificate(rules, id, peer_.certificates, wall);
}

void DpsConversation::open(const mqtt::Connect& packet, Outcome<Caller> caller, TimePoint now) {
    ++core_->statistics.connections_accepted;
    state_ = State::kOpen;
    caller_ = std::move(caller);
    if (caller_) {
        token_ends_ = token_ends(*caller_, core_->options.sas_grace, core_->instant(now));
    }
    keep_alive_ = keep_alive_timeout(packet.keep_alive);
    peer_.certificates = {};  // They have been looked at.
    mqtt::write(outgoing(), mqtt::ConnAck{false, mqtt::ConnectCode::kAccepted});
}

void DpsConversation::refuse_connect(const mqtt::Connect& packet, std::string_view why,
                                     TimePoint now) {
    ++core_->statistics.connections_refused;
    core_->log.line(now, "dps: refused {}: {}", printable(packet.client_id), why);
    const bool level = packet.level != kProtocolLevel;
    mqtt::write(outgoing(), mqtt::ConnAck{false, level ? mqtt::ConnectCode::kBadLevel
                                                       : mqtt::ConnectCode::kNotAuthorized});
    state_ = State::kClosing;
}

void DpsConversation::on_packet(const mqtt::Publish& packet, TimePoint now) {
    if (packet.qos > kGrantedQosMax) {
        drop("qos-2", now, packet.topic);
        return;
    }
    const auto topic = parse_request_topic(packet.topic);
    if (!topic) {
        drop("unknown-topic", now, packet.topic);
        return;
    }
    if (packet.payload.size() > kMessageBytesMax) {
        drop("message-too-large", now);
        return;
    }
    if (packet.qos == 1) {
        mqtt::write(outgoing(), mqtt::PubAck{packet.packet_id});
    }
    std::visit(
        [&](const auto& request) {
            respond(request.request_id, run(request, text_of(packet.payload), now), now);
        },
        *topic);
}

Outcome<Answer> DpsConversation::run(const RegisterTopic& /*topic*/, std::string_view body,
                                     TimePoint now) {
    return caller_ ? core_->registrations.begin(*caller_, body, core_->instant(now))
                   : tl::unexpected(caller_.error());
}

Outcome<Answer> DpsConversation::run(const PollTopic& topic, std::string_view /*body*/,
                                     TimePoint now) {
    return caller_ ? core_->registrations.poll(*caller_, topic.operation_id, core_->instant(now))
                   : tl::unexpected(caller_.error());
}

// Every answer has a JSON body: clients parse it without a look at the status. Without a
// subscription an answer is lost, but what was asked for is done.
void DpsConversation::respond(std::string_view request_id, const Outcome<Answer>& outcome,
                              TimePoint now) {
    unsigned status = 0;
    std::chrono::seconds retry_after{0};
    std::string body;
    if (outcome) {
        status = outcome->status;
        retry_after = outcome->retry_after;
        body = boost::json::serialize(outcome->body);
    } else {
        const Fault& fault = outcome.error();
        status = fault.status();
        retry_after = fault.retry_after;
        body = fault_body(fault, core_->next_tracking_id(), core_->anchor.at(now));
        core_->log.line(now, "dps: answered {} with {}: {}",
                        caller_ ? printable(caller_->registration_id) : "an unknown device", status,
                        printable(fault.text));
    }
    if (subscribed_) {
        const std::string topic = response_topic(status, request_id, retry_after);
        mqtt::write(outgoing(),
                    mqtt::Publish{.topic = topic, .payload = std::as_bytes(std::span(body))});
    }
}

void DpsConversation::on_packet(const mqtt::Subscribe& packet, TimePoint now) {
    if (packet.subscriptions.size() > kFiltersMax) {
        drop("too-many-subscriptions", now);
        return;
    }
    std::array<std::byte, kFiltersMax> codes{};
    std::size_t granted = 0;
    for (const mqtt::Subscription& subscription : packet.subscriptions) {
        if (subscription.filter != kResponseFilter) {
            drop("unknown-filter", now, subscription.filter);
            return;
        }
        codes[granted++] = std::byte{std::min(subscription.qos, kGrantedQosMax)};
    }
    subscribed_ = true;
    mqtt::write(outgoing(), mqtt::SubAck{packet.packet_id, mqtt::Bytes(codes).first(granted)});
}

void DpsConversation::on_packet(const mqtt::Unsubscribe& packet, TimePoint /*now*/) {
    for (const std::string_view filter : packet.filters) {
        subscribed_ = subscribed_ && filter != kResponseFilter;
    }
    mqtt::write(outgoing(), mqtt::UnsubAck{packet.packet_id});
}

void DpsConversation::on_packet(const mqtt::PingReq& /*packet*/, TimePoint /*now*/) {
    mqtt::write(outgoing(), mqtt::PingResp{});
}

void DpsConversation::on_packet(const mqtt::Disconnect& /*packet*/, TimePoint /*now*/) {
    state_ = State::kClosing;
}

void DpsConversation::drop(std::string_view rule, TimePoint now, std::string_view detail) {
    ++core_->statistics.connections_dropped;
    core_->log.line(now, "dps: closed {}: {}{}{}",
                    caller_ ? printable(caller_->registration_id) : printable(peer_.address), rule,
                    detail.empty() ? "" : ": ", printable(detail));
    state_ = State::kClosing;
}

Buffer& DpsConversation::outgoing() {
    if (outgoing_.capacity() == 0) {
        outgoing_ = core_->loop.buffers().take();
    }
    return outgoing_;
}

}  // namespace twinstorm::dps
