#include "twinstorm/device/mqtt_conversation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "twinstorm/base/check.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::device {
namespace {

constexpr std::byte kDuplicateFlag{0x08};  // Of PUBLISH's first byte, [MQTT-3.3.1-1].

mqtt::Bytes as_bytes(const std::string& text) {
    return std::as_bytes(std::span(text));
}

}  // namespace

MqttConversation::MqttConversation(net::LinkUser& user, BufferPool& buffers)
    : user_(user), buffers_(buffers), reader_(kPacketBytesMax) {}

void MqttConversation::open(net::OpenRequest request, TimePoint) {
    TWINSTORM_CHECK(state_ == State::kIdle);
    request_ = std::move(request);
    keep_alive_ = request_.keep_alive;
    resend_after_ = request_.resend_after;
    users_deadline_known_ = false;
    state_ = State::kDialing;
}

void MqttConversation::close(TimePoint now) {
    if (state_ == State::kOpen) {
        mqtt::write(outgoing(), mqtt::Disconnect{});
    }
    if (state_ == State::kDialing) {
        withdrawn_ = true;  // The driver may not even have begun to dial.
        waiting_since_ = now;
    }
    users_deadline_known_ = false;
    end(Error{ErrorCode::kCancelled, "closed by the device"});
}

void MqttConversation::subscribe(std::span<const net::TopicFilter> filters, TimePoint) {
    TWINSTORM_CHECK(state_ == State::kOpen);
    users_deadline_known_ = false;
    std::vector<mqtt::Subscription> subscriptions;
    for (const net::TopicFilter& filter : filters) {
        subscriptions.push_back({filter.filter, filter.qos});
    }
    mqtt::write_subscribe(outgoing(), next_packet_id(), subscriptions);
}

net::PublishId MqttConversation::publish(const net::Message& message, TimePoint now) {
    TWINSTORM_CHECK(state_ == State::kOpen);
    users_deadline_known_ = false;
    published_ = true;
    mqtt::Publish packet{message.topic, message.payload, 0, message.qos, false, false};
    if (message.qos == 0) {
        mqtt::write(outgoing(), packet);
        return 0;
    }
    packet.packet_id = next_packet_id();
    InFlight& in_flight = in_flight_.emplace_back();
    in_flight.id = ++last_publish_id_;
    in_flight.packet_id = packet.packet_id;
    in_flight.sent_at = now;
    in_flight.packet = buffers_.take();
    if (resend_after_ > Duration::zero()) {
        unanswered_look_ = std::min(unanswered_look_, now + resend_after_);
    }
    mqtt::write(in_flight.packet, packet);
    Buffer& out = outgoing();
    out.insert(out.end(), in_flight.packet.begin(), in_flight.packet.end());
    return in_flight.id;
}

bool MqttConversation::wants_connection() const {
    return state_ == State::kDialing || state_ == State::kConnecting || state_ == State::kOpen;
}

void MqttConversation::connected(TimePoint now) {
    TWINSTORM_CHECK(state_ == State::kDialing);
    mqtt::Connect packet;
    packet.client_id = request_.client_id;
    packet.keep_alive = static_cast<std::uint16_t>(keep_alive_.count());
    packet.clean_session = request_.clean_session;
    packet.user_name = request_.user_name;
    if (!request_.password.empty()) {
        packet.password = as_bytes(request_.password);
    }
    mqtt::write(outgoing(), packet);
    request_.password = {};  // A token is not kept longer than it is needed.
    request_.user_name = {};
    state_ = State::kConnecting;
    waiting_since_ = now;
    last_sent_ = now;
}

void MqttConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    if (!wants_connection()) {
        return;  // We are on our way out; what still comes is nobody's.
    }
    reader_.feed(bytes);
    while (wants_connection()) {
        const auto packet = reader_.next();
        if (!packet) {
            end(Error{ErrorCode::kMalformedPacket,
                      fmt::format("the hub sent {}", mqtt::describe(packet.error()))});
            return;
        }
        if (!*packet) {
            return;
        }
        std::visit([this, now](const auto& received) { on(received, now); }, **packet);
    }
}

void MqttConversation::disconnected(const Error& why, TimePoint now) {
    if (state_ == State::kIdle) {
        return;  // The end of a dial that was withdrawn; the user knows.
    }
    withdrawn_ = false;
    const Error reason = ending_ ? *std::exchange(ending_, std::nullopt) : why;
    buffers_.give(std::exchange(outgoing_, {}));
    reader_.reset();
    ping_outstanding_ = false;
    unanswered_look_ = TimePoint::max();
    state_ = State::kIdle;
    user().on_closed(reason, now);
}

void MqttConversation::take_outgoing(Buffer& buffer) {
    if (outgoing_.empty()) {
        return;
    }
    std::swap(buffer, outgoing_);
    // What the driver brought goes to the pool: nothing is kept while nothing waits.
    buffers_.give(std::exchange(outgoing_, {}));
}

void MqttConversation::sent(TimePoint now) {
    last_sent_ = now;
    if (std::exchange(published_, false)) {
        user().on_sent(now);
    }
}

void MqttConversation::advance(TimePoint now) {
    if (withdrawn_) {
        disconnected(*ending_, now);
    }
    if (state_ == State::kOpen && unanswered_look_ <= now) {
        look_at_unanswered(now);
    }
    if (own_deadline() <= now) {
        if (state_ == State::kConnecting) {
            end(Error{ErrorCode::kTimedOut, "no CONNACK came within 30 s"});
        } else if (ping_outstanding_) {
            end(Error{ErrorCode::kTimedOut, "no PINGRESP came within 30 s"});
        } else {
            mqtt::write(outgoing(), mqtt::PingReq{});
            ping_outstanding_ = true;
            waiting_since_ = now;
        }
    }
    if (users_deadline() <= now) {
        user().advance(now);
    }
}

std::optional<TimePoint> MqttConversation::next_deadline() const {
    const TimePoint earliest = std::min(own_deadline(), users_deadline());
    return earliest == TimePoint::max() ? std::nullopt : std::optional(earliest);
}

// The loop has fetched what stands at the front; a ping needs no more.
void MqttConversation::foresee(unsigned depth, TimePoint until) const {
    if (users_deadline_known_ && users_deadline_ < until) {
        user_.foresee(depth, until);
    }
}

TimePoint MqttConversation::users_deadline() const {
    if (!users_deadline_known_) {
        users_deadline_ = user_.next_deadline().value_or(TimePoint::max());
        users_deadline_known_ = true;
    }
    return users_deadline_;
}

Buffer& MqttConversation::outgoing() {
    if (outgoing_.capacity() == 0) {
        outgoing_ = buffers_.take();
    }
    return outgoing_;
}

void MqttConversation::end(Error why) {
    if (state_ == State::kIdle || state_ == State::kEnding) {
        return;
    }
    // While the driver still dials there is no connection to end: it finds none wanted, and says
    // so.
    ending_ = std::move(why);
    state_ = State::kEnding;
}

void MqttConversation::resend(InFlight& in_flight, TimePoint now) {
    in_flight.sent_at = now;
    in_flight.packet.front() |= kDuplicateFlag;
    Buffer& out = outgoing();
    out.insert(out.end(), in_flight.packet.begin(), in_flight.packet.end());
}

void MqttConversation::resend_in_flight(TimePoint now) {
    for (InFlight& in_flight : in_flight_) {
        in_flight.resent = false;
        resend(in_flight, now);
    }
    if (!in_flight_.empty() && resend_after_ > Duration::zero()) {
        unanswered_look_ = now + resend_after_;
    }
}

// As the SDK for C does: once more after a while, and after as long again neither the message nor
// the connection is believed in.
void MqttConversation::look_at_unanswered(TimePoint now) {
    unanswered_look_ = TimePoint::max();
    std::vector<net::PublishId> given_up;
    std::erase_if(in_flight_, [&](InFlight& in_flight) {
        if (in_flight.sent_at + resend_after_ <= now) {
            if (in_flight.resent) {
                given_up.push_back(in_flight.id);
                buffers_.give(std::move(in_flight.packet));
                return true;
            }
            in_flight.resent = true;
            resend(in_flight, now);
        }
        unanswered_look_ = std::min(unanswered_look_, in_flight.sent_at + resend_after_);
        return false;
    });
    for (const net::PublishId id : given_up) {
        user().on_given_up(id, now);
    }
    if (!given_up.empty()) {
        end(Error{ErrorCode::kTimedOut, "no PUBACK came although the message was sent twice"});
    }
}

std::uint16_t MqttConversation::next_packet_id() {
    const auto taken = [this](std::uint16_t id) {
        return std::ranges::any_of(in_flight_,
                                   [id](const InFlight& entry) { return entry.packet_id == id; });
    };
    do {
        ++last_packet_id_;
    } while (last_packet_id_ == 0 || taken(last_packet_id_));  // [MQTT-2.3.1-1], [MQTT-2.3.1-2]
    return last_packet_id_;
}

TimePoint MqttConversation::own_deadline() const {
    if (withdrawn_) {
        return waiting_since_;
    }
    if (state_ == State::kConnecting) {
        return waiting_since_ + kConnAckTimeout;
    }
    if (state_ != State::kOpen) {
        return TimePoint::max();
    }
    if (ping_outstanding_) {
        return std::min(waiting_since_ + kPingTimeout, unanswered_look_);
    }
    if (keep_alive_.count() == 0) {
        return unanswered_look_;  // Pings are switched off, [MQTT-3.1.2-10].
    }
    return std::min(last_sent_ + keep_alive_, unanswered_look_);
}

void MqttConversation::on(const mqtt::ConnAck& packet, TimePoint now) {
    if (state_ != State::kConnecting) {
        end(Error{ErrorCode::kProtocolViolation, "the hub sent a second CONNACK"});
        return;
    }
    const bool accepted = packet.code == mqtt::ConnectCode::kAccepted;
    state_ = State::kOpen;
    if (accepted) {
        resend_in_flight(now);
    } else {
        end(Error{ErrorCode::kRefused, fmt::format("CONNACK {}", static_cast<int>(packet.code))});
    }
    user().on_opened({static_cast<std::uint8_t>(packet.code), packet.session_present}, now);
}

void MqttConversation::on(const mqtt::Publish& packet, TimePoint now) {
    if (packet.qos == 1) {  // A filter asked for at QoS 1 may be served so.
        mqtt::write(outgoing(), mqtt::PubAck{packet.packet_id});
    }
    user().on_message({packet.topic, packet.payload, packet.qos, packet.duplicate}, now);
}

void MqttConversation::on(const mqtt::PubAck& packet, TimePoint now) {
    const auto entry = std::ranges::find(in_flight_, packet.packet_id, &InFlight::packet_id);
    if (entry == in_flight_.end()) {
        return;  // The answer to a duplicate whose first copy was acknowledged already.
    }
    const net::PublishId id = entry->id;
    buffers_.give(std::move(entry->packet));
    in_flight_.erase(entry);
    if (in_flight_.empty()) {
        unanswered_look_ = TimePoint::max();
    }
    user().on_acknowledged(id, now);
}

void MqttConversation::on(const mqtt::SubAck& packet, TimePoint now) {
    const bool granted = std::ranges::none_of(
        packet.codes, [](std::byte code) { return code == std::byte{mqtt::SubAck::kFailure}; });
    user().on_subscribed(granted, now);
}

void MqttConversation::on(const mqtt::PingResp&, TimePoint) {
    ping_outstanding_ = false;
}

void MqttConversation::on(const mqtt::UnsubAck&, TimePoint) {}

template <class Unexpected>
void MqttConversation::on(const Unexpected&, TimePoint) {
    end(Error{ErrorCode::kProtocolViolation, "the hub sent a packet that only clients send"});
}

}  // namespace twinstorm::device
