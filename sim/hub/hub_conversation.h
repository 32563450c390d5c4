// One MQTT connection to the hub: no sockets, no clock, no threads.
//
// Use:    as net::ServerConversation says, for one connection; the hub calls end(), and brings what
//         it has for the device: notices, method calls, messages.
// Files:  the stream and its life in hub_conversation.cpp, what packets mean in hub_packets.cpp,
// what
//         the hub says on its own in hub_deliveries.cpp, throttles and faults in hub_faults.cpp.
// Owner:  the loop; once CONNECT has told the device, the loop of the shard that owns it. The hub
//         knows it by address until it is gone; it may outlive the hub.
// Limits: hub/limits.h. Whatever arrives, at worst this connection is closed. Under 1 KB while idle
//         (asserted), and no buffer of its own while nothing waits to be sent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "hub/admission.h"
#include "hub/passage.h"
#include "hub/rules.h"
#include "hub/shard.h"
#include "hub/subscription_set.h"
#include "hub/waiting_operations.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/topic.h"
#include "twinstorm/mqtt/packet.h"
#include "twinstorm/mqtt/reader.h"
#include "twinstorm/net/loop.h"
#include "twinstorm/net/server_conversation.h"

namespace twinstorm::hub {

class HubConversation final : public net::ServerConversation {
public:
    HubConversation(Shard& shard, net::Handle handle, const net::Peer& peer, TimePoint now);
    ~HubConversation() override;

    [[nodiscard]] bool wants_connection() const override { return state_ != State::kClosing; }
    void connected(TimePoint now) override;
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override;
    void sent(TimePoint now) override;
    [[nodiscard]] bool accepts_input() const override;
    void moved(net::Handle handle, TimePoint now) override;
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

    // From outside a call of the loop: for a take-over, or because the identity is gone.
    void end(Drop rule, TimePoint now);
    // False when desired changes are not subscribed: such a notice is lost, as on a real hub.
    bool notify_desired(const boost::json::object& change, TimePoint now);
    [[nodiscard]] bool takes_methods() const {
        return state_ == State::kOpen && subscriptions_.has(iothub::Subscribable::kMethods);
    }
    // Only while takes_methods(); at QoS 0, as SDKs ask for it.
    void call_method(const iothub::MethodCallTopic& topic, std::string_view payload, TimePoint now);
    // The device's mailbox has something new; it goes out as far as subscription and window allow.
    void messages_wait(TimePoint now);
    // Faults on demand were set, began or ended.
    void faults_changed(TimePoint now);
    void forget_hub();

private:
    // kMoving: on its way to the loop that owns its device. kDelayed: its CONNECT waits for the
    // throttle, or for a fault's latency.
    enum class State : std::uint8_t { kAwaitingConnect, kMoving, kDelayed, kOpen, kClosing };

    struct StoredWill {
        std::string topic;
        Buffer payload;
        bool retain = false;
    };

    void take_packet(const mqtt::Packet& packet, TimePoint now);
    void on_packet(const mqtt::Connect& packet, TimePoint now);
    void on_packet(const mqtt::Publish& packet, TimePoint now);
    void on_packet(const mqtt::Subscribe& packet, TimePoint now);
    void on_packet(const mqtt::Unsubscribe& packet, TimePoint now);
    void on_packet(const mqtt::PingReq& packet, TimePoint now);
    void on_packet(const mqtt::Disconnect& packet, TimePoint now);
    void on_packet(const mqtt::PubAck& packet, TimePoint now);
    template <class Unexpected>
    void on_packet(const Unexpected&, TimePoint now) {
        drop(Drop::kUnexpectedPacket, now);
    }

    // All of one operation of the device: what it means, and its PUBACK; now, or when a throttle or
    // a fault lets it.
    void perform(const mqtt::Publish& operation, const iothub::PublishTopic& topic,
                 const Passage& passage, TimePoint now);
    void refuse(const mqtt::Publish& operation, const iothub::PublishTopic& topic,
                iothub::ServiceErrorCode code, TimePoint now);
    void perform_due(TimePoint now, bool everything);
    void slow_down(std::size_t bytes, TimePoint now);
    [[nodiscard]] std::optional<Drop> on_topic(const iothub::TelemetryTopic& topic,
                                               const mqtt::Publish& operation,
                                               const Passage& passage, TimePoint now);
    [[nodiscard]] std::optional<Drop> on_topic(const iothub::TwinGetTopic& topic,
                                               const mqtt::Publish& operation,
                                               const Passage& passage, TimePoint now);
    [[nodiscard]] std::optional<Drop> on_topic(const iothub::ReportedPatchTopic& topic,
                                               const mqtt::Publish& operation,
                                               const Passage& passage, TimePoint now);
    [[nodiscard]] std::optional<Drop> on_topic(const iothub::MethodResponseTopic& topic,
                                               const mqtt::Publish& operation,
                                               const Passage& passage, TimePoint now);
    // Certificate requests are legal; nobody answers them.
    [[nodiscard]] std::optional<Drop> on_topic(const iothub::CertificateRequestTopic&,
                                               const mqtt::Publish&, const Passage&, TimePoint) {
        return std::nullopt;
    }

    [[nodiscard]] bool belongs_elsewhere(const mqtt::Connect& connect);
    // Whether CONNECT goes on now; else it waits, or was refused.
    [[nodiscard]] bool may_connect(Identity* identity, TimePoint now);
    void read_connect_again(TimePoint now);
    [[nodiscard]] bool reads_slowly() const { return reads_again_ != TimePoint{}; }
    void settle_in(Shard& shard);
    void depart();
    void open(const Admission& admission, const mqtt::Connect& connect, TimePoint now);
    void refuse_connect(Refusal refusal, const mqtt::Connect& connect, TimePoint now);
    void change_subscriptions(SubscriptionSet subscriptions, TimePoint now);
    void serve_subscriptions(TimePoint now);
    bool send_messages(TimePoint now);
    void limit_outgoing(TimePoint now);
    void drop(Drop rule, TimePoint now, std::string_view detail = {});
    void close(bool with_will, TimePoint now);
    void publish_will(TimePoint now);
    void leave(TimePoint now);
    [[nodiscard]] Buffer& outgoing();
    [[nodiscard]] Buffer* twin_answers();

    Shard* shard_;                 // None while it moves, and once the hub has ended.
    Shard* next_shard_ = nullptr;  // While it moves.
    // Until CONNECT: whose connection it is, and the bytes so far, for reading them again elsewhere
    // or later.
    struct Arrival {
        net::Peer peer;
        Buffer bytes{};
        std::optional<TimePoint> delayed_until{};
        bool passed = false;  // The throttle has let it in.
    };
    std::unique_ptr<Arrival> arrival_;
    std::size_t place_ = 0;  // Among the shard's conversations.
    net::Handle handle_;
    State state_ = State::kAwaitingConnect;
    bool keeps_session_ = false;
    SubscriptionSet subscriptions_;
    Identity* identity_ = nullptr;  // While open.
    TimePoint last_packet_;         // Before CONNECT: when the connection was there.
    Duration keep_alive_{};
    std::optional<TimePoint> token_ends_;
    std::unique_ptr<StoredWill> will_;
    std::unique_ptr<WaitingOperations> waiting_;
    std::optional<TimePoint> cut_at_;  // By a fault.
    TimePoint opened_at_{};
    TimePoint reads_again_{};  // Of a fault that makes it slow; else none.
    mqtt::Reader reader_;
    Buffer outgoing_;
};

}  // namespace twinstorm::hub
