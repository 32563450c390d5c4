// An MQTT 3.1.1 client session over a byte stream, without I/O: the message link of all devices
// but Paho's, in the live and in the virtual world.
//
// Use:    a loop carries it; its user opens, subscribes, publishes (net/message_link.h).
//         QoS 1 publishes survive a lost connection: they are sent again with DUP, in their order,
//         when the session is resumed ([MQTT-4.4.0-1], [MQTT-4.6.0-1]).
// Owner:  one worker. Holds no buffer while nothing is in flight. Units: run time, bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/mqtt/reader.h"
#include "twinstorm/net/conversation.h"
#include "twinstorm/net/message_link.h"

namespace twinstorm::device {

inline constexpr std::size_t kPacketBytesMax = std::size_t{320} << 10;  // A message is 256 KiB.
inline constexpr std::chrono::seconds kConnAckTimeout{30};
inline constexpr std::chrono::seconds kPingTimeout{30};

class MqttConversation final : public net::Conversation, public net::MessageLink {
public:
    MqttConversation(net::LinkUser& user, BufferPool& buffers);

    // net::MessageLink
    void open(net::OpenRequest request, TimePoint now) override;
    void close(TimePoint now) override;
    void subscribe(std::span<const net::TopicFilter> filters, TimePoint now) override;
    net::PublishId publish(const net::Message& message, TimePoint now) override;

    // net::Conversation
    [[nodiscard]] bool wants_connection() const override;
    void connected(TimePoint now) override;
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override;
    void sent(TimePoint now) override;
    void woken() override { users_deadline_known_ = false; }
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
    void foresee(unsigned depth, TimePoint until) const override;

private:
    enum class State : std::uint8_t {
        kIdle,        // No connection, none wanted.
        kDialing,     // The driver is to connect.
        kConnecting,  // CONNECT is on its way.
        kOpen,
        kEnding,  // The driver is to flush and close.
    };
    struct InFlight {
        net::PublishId id = 0;
        std::uint16_t packet_id = 0;
        bool resent = false;  // On this connection.
        TimePoint sent_at{};
        Buffer packet;  // As sent, for sending it again.
    };

    // For each call of the user, who may think of another deadline then.
    net::LinkUser& user() {
        users_deadline_known_ = false;
        return user_;
    }
    [[nodiscard]] TimePoint users_deadline() const;
    Buffer& outgoing();
    void end(Error why);
    void resend(InFlight& in_flight, TimePoint now);
    void resend_in_flight(TimePoint now);
    void look_at_unanswered(TimePoint now);
    [[nodiscard]] std::uint16_t next_packet_id();
    [[nodiscard]] TimePoint own_deadline() const;  // max(): none.

    void on(const mqtt::ConnAck& packet, TimePoint now);
    void on(const mqtt::Publish& packet, TimePoint now);
    void on(const mqtt::PubAck& packet, TimePoint now);
    void on(const mqtt::SubAck& packet, TimePoint now);
    void on(const mqtt::PingResp& packet, TimePoint now);
    void on(const mqtt::UnsubAck& packet, TimePoint now);
    template <class Unexpected>
    void on(const Unexpected& packet, TimePoint now);

    // What a ping needs stands together, at the front: of a hundred thousand devices none is in the
    // cache when its turn comes.
    net::LinkUser& user_;
    BufferPool& buffers_;
    State state_ = State::kIdle;
    bool ping_outstanding_ = false;
    bool withdrawn_ = false;                     // Closed before there was a connection.
    bool published_ = false;                     // Since sent() was said last.
    mutable bool users_deadline_known_ = false;  // Asked once, not with each packet.
    std::uint16_t last_packet_id_ = 0;
    net::PublishId last_publish_id_ = 0;
    mutable TimePoint users_deadline_{};  // max(): none.
    TimePoint last_sent_{};
    TimePoint waiting_since_{};  // For CONNACK or PINGRESP, or since the dial was withdrawn.
    std::chrono::seconds keep_alive_{};
    Duration resend_after_{};                       // 0: never.
    TimePoint unanswered_look_ = TimePoint::max();  // When a publish may have waited that long.
    Buffer outgoing_;
    mqtt::Reader reader_;
    std::vector<InFlight> in_flight_;
    net::OpenRequest request_;
    std::optional<Error> ending_;  // Why we end the connection.
};

}  // namespace twinstorm::device
