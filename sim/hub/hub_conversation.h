// One MQTT connection to the hub: no sockets, no clock, no threads.
//
// Use:    as net::Conversation says, for one connection; the hub calls end() and notify_desired().
// Owner:  the loop. The hub knows it by address until it is gone; it may outlive the hub.
// Limits: hub/limits.h. Whatever arrives, at worst this connection is closed.
// Size:   under 1 KB while idle (asserted); no buffer of its own while nothing waits to be sent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "hub/admission.h"
#include "hub/core.h"
#include "hub/rules.h"
#include "hub/subscription_set.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/topic.h"
#include "twinstorm/mqtt/packet.h"
#include "twinstorm/mqtt/reader.h"
#include "twinstorm/net/conversation.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

class HubConversation final : public net::Conversation {
public:
    HubConversation(Core& core, net::Handle handle, TimePoint now);
    ~HubConversation() override;

    [[nodiscard]] bool wants_connection() const override { return state_ != State::kClosing; }
    void connected(TimePoint now) override;
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override;
    void sent(TimePoint /*now*/) override {}
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

    // From outside a call of the loop: for a take-over, or because the identity is gone.
    void end(Drop rule, TimePoint now);
    // False when desired changes are not subscribed: such a notice is lost, as on a real hub.
    bool notify_desired(const boost::json::object& change, TimePoint now);
    void forget_hub();

private:
    enum class State : std::uint8_t { kAwaitingConnect, kOpen, kClosing };

    // A will is published as telemetry; until routes exist only its size and its bag count.
    struct StoredWill {
        std::string topic;
        std::size_t payload_bytes = 0;
    };

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
        drop(Drop::kUnexpectedPacket, now);
    }

    [[nodiscard]] std::optional<Drop> on_topic(const iothub::TelemetryTopic& topic,
                                               mqtt::Bytes payload, TimePoint now);
    [[nodiscard]] std::optional<Drop> on_topic(const iothub::TwinGetTopic& topic,
                                               mqtt::Bytes payload, TimePoint now);
    [[nodiscard]] std::optional<Drop> on_topic(const iothub::ReportedPatchTopic& topic,
                                               mqtt::Bytes payload, TimePoint now);
    // Method answers without a call and certificate requests are legal; nobody waits for them yet.
    template <class Ignored>
    [[nodiscard]] std::optional<Drop> on_topic(const Ignored&, mqtt::Bytes, TimePoint) {
        return std::nullopt;
    }

    void open(const Admission& admission, const mqtt::Connect& connect, TimePoint now);
    void refuse_connect(Refusal refusal, const mqtt::Connect& connect, TimePoint now);
    void change_subscriptions(SubscriptionSet subscriptions, TimePoint now);
    void drop(Drop rule, TimePoint now, std::string_view detail = {});
    void close(bool with_will, TimePoint now);
    void publish_will(TimePoint now);
    void leave(TimePoint now);
    [[nodiscard]] Buffer& outgoing();
    [[nodiscard]] Buffer* twin_answers();

    Core* core_;  // None once the hub has ended.
    net::Handle handle_;
    State state_ = State::kAwaitingConnect;
    bool keeps_session_ = false;
    SubscriptionSet subscriptions_;
    Identity* identity_ = nullptr;  // While open.
    TimePoint last_packet_;         // Before CONNECT: when the connection was there.
    Duration keep_alive_{};
    std::optional<TimePoint> token_ends_;
    std::unique_ptr<StoredWill> will_;
    mqtt::Reader reader_;
    Buffer outgoing_;
};

}  // namespace twinstorm::hub
