// One MQTT connection of a device that registers: no sockets, no clock, no threads.
//
// Use:    as net::ServerConversation says. Every answer is made within the call that asks.
// Owner:  the loop. The service knows it by address until it is gone; it may outlive the service.
// Rules:  sessions are always clean, wills and retain are not used, QoS 2 is granted as 1 and
//         closes when published; whatever else arrives closes the connection.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dps/core.h"
#include "dps/topic.h"
#include "twinstorm/mqtt/packet.h"
#include "twinstorm/mqtt/reader.h"
#include "twinstorm/net/server_conversation.h"

namespace twinstorm::dps {

class DpsConversation final : public net::ServerConversation {
public:
    DpsConversation(Core& core, net::Peer peer, TimePoint now);
    ~DpsConversation() override;

    [[nodiscard]] bool wants_connection() const override { return state_ != State::kClosing; }
    void connected(TimePoint now) override { last_packet_ = now; }
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override;
    void sent(TimePoint /*now*/) override {}
    void moved(net::Handle /*handle*/, TimePoint /*now*/) override {}
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

    void forget_service();

private:
    enum class State : std::uint8_t { kAwaitingConnect, kOpen, kClosing };

    void take_packet(const mqtt::Packet& packet, TimePoint now);
    void on_packet(const mqtt::Connect& packet, TimePoint now);
    void on_packet(const mqtt::Publish& packet, TimePoint now);
    void on_packet(const mqtt::Subscribe& packet, TimePoint now);
    void on_packet(const mqtt::Unsubscribe& packet, TimePoint now);
    void on_packet(const mqtt::PingReq& packet, TimePoint now);
    void on_packet(const mqtt::Disconnect& packet, TimePoint now);
    void on_packet(const mqtt::PubAck&, TimePoint) {}  // All that we send is QoS 0.
    template <class Unexpected>
    void on_packet(const Unexpected&, TimePoint now) {
        drop("unexpected-packet", now);
    }

    [[nodiscard]] Outcome<Caller> attest(const mqtt::Connect& packet, TimePoint now) const;
    void open(const mqtt::Connect& packet, Outcome<Caller> caller, TimePoint now);
    void refuse_connect(const mqtt::Connect& packet, std::string_view why, TimePoint now);
    [[nodiscard]] Outcome<Answer> run(const RegisterTopic& topic, std::string_view body,
                                      TimePoint now);
    [[nodiscard]] Outcome<Answer> run(const PollTopic& topic, std::string_view body, TimePoint now);
    void respond(std::string_view request_id, const Outcome<Answer>& outcome, TimePoint now);
    void drop(std::string_view rule, TimePoint now, std::string_view detail = {});
    [[nodiscard]] Buffer& outgoing();

    Core* core_;  // None once the service has ended.
    net::Peer peer_;
    State state_ = State::kAwaitingConnect;
    bool subscribed_ = false;
    // A certificate that no enrolment knows is told so when it registers, not at CONNECT.
    Outcome<Caller> caller_ = refuse(FaultCode::kUnauthorized, "");
    TimePoint last_packet_;
    Duration keep_alive_{};
    std::optional<TimePoint> token_ends_;
    mqtt::Reader reader_;
    Buffer outgoing_;
};

}  // namespace twinstorm::dps
