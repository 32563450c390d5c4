#include "support/scripted_broker.h"

#include <utility>

#include <gtest/gtest.h>

#include "twinstorm/mqtt/reader.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm {
namespace {

constexpr std::size_t kPacketBytesMax = 1'000'000;

std::string text_of(mqtt::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

class ScriptedBroker::Session final : public net::ServerConversation {
public:
    Session(ScriptedBroker& broker, net::Handle handle)
        : broker_(broker), handle_(handle), reader_(kPacketBytesMax) {}
    ~Session() override {
        if (broker_.session_ == this) {
            broker_.session_ = nullptr;
        }
    }

    template <class Packet>
    void send(const Packet& packet) {
        mqtt::write(outgoing_, packet);
        broker_.loop_.wake(handle_);
    }
    void hang_up() {
        wants_ = false;
        broker_.loop_.wake(handle_);
    }

    [[nodiscard]] bool wants_connection() const override { return wants_; }
    void connected(TimePoint) override { wants_ = broker_.welcome != Welcome::kHangUpAtOnce; }
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error&, TimePoint) override {
        ++broker_.ended;
        heard();
    }
    void take_outgoing(Buffer& buffer) override { std::swap(buffer, outgoing_); }
    void sent(TimePoint) override {}
    void advance(TimePoint) override {}
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return {}; }
    void moved(net::Handle handle, TimePoint) override { handle_ = handle; }

private:
    void heard() {
        if (broker_.on_heard) {
            broker_.on_heard();
        }
    }
    void on(const mqtt::Connect& packet);
    void on(const mqtt::Publish& packet);
    void on(const mqtt::Subscribe& packet);
    void on(const mqtt::PubAck& packet) { broker_.acknowledgements.push_back(packet.packet_id); }
    void on(const mqtt::PingReq&) { mqtt::write(outgoing_, mqtt::PingResp{}); }
    void on(const mqtt::Disconnect&) {
        ++broker_.disconnects;
        wants_ = false;
    }
    template <class Unexpected>
    void on(const Unexpected&) {
        ADD_FAILURE() << "a packet that no client of ours should send";
    }

    ScriptedBroker& broker_;
    net::Handle handle_;
    mqtt::Reader reader_;
    Buffer outgoing_;
    bool wants_ = true;
};

void ScriptedBroker::Session::receive(std::span<const std::byte> bytes, TimePoint) {
    reader_.feed(bytes);
    for (;;) {
        const auto packet = reader_.next();
        if (!packet) {
            ADD_FAILURE() << mqtt::describe(packet.error());
            wants_ = false;
            return;
        }
        if (!*packet) {
            return;
        }
        std::visit([this](const auto& received) { on(received); }, **packet);
        heard();
    }
}

void ScriptedBroker::Session::on(const mqtt::Connect& packet) {
    broker_.connects.push_back({std::string(packet.client_id),
                                std::string(packet.user_name.value_or("")),
                                packet.password ? text_of(*packet.password) : std::string(),
                                packet.keep_alive, packet.level, packet.clean_session});
    if (broker_.welcome == Welcome::kAccept || broker_.welcome == Welcome::kAcceptAndHangUp) {
        const bool accepted = broker_.code == mqtt::ConnectCode::kAccepted;
        mqtt::write(outgoing_, mqtt::ConnAck{accepted && broker_.session_present, broker_.code});
        wants_ = accepted && broker_.welcome == Welcome::kAccept;
    } else if (broker_.welcome == Welcome::kHangUp) {
        wants_ = false;
    }
}

void ScriptedBroker::Session::on(const mqtt::Publish& packet) {
    broker_.publications.push_back({std::string(packet.topic), text_of(packet.payload),
                                    packet.packet_id, packet.qos, packet.duplicate});
    if (packet.qos == 1 && broker_.acknowledges) {
        mqtt::write(outgoing_, mqtt::PubAck{packet.packet_id});
    }
}

void ScriptedBroker::Session::on(const mqtt::Subscribe& packet) {
    std::vector<Filter> filters;
    std::vector<std::byte> codes;
    for (const mqtt::Subscription& subscription : packet.subscriptions) {
        filters.push_back({std::string(subscription.filter), subscription.qos});
        codes.push_back(std::byte{subscription.qos});
    }
    for (std::size_t at = 0; at < std::min(codes.size(), broker_.subscription_codes.size()); ++at) {
        codes[at] = std::byte{broker_.subscription_codes[at]};
    }
    broker_.subscribes.push_back(std::move(filters));
    mqtt::write(outgoing_, mqtt::SubAck{packet.packet_id, codes});
}

void ScriptedBroker::send(const mqtt::Publish& message) {
    ASSERT_NE(session_, nullptr);
    session_->send(message);
}

void ScriptedBroker::acknowledge(std::uint16_t packet_id) {
    ASSERT_NE(session_, nullptr);
    session_->send(mqtt::PubAck{packet_id});
}

void ScriptedBroker::hang_up() {
    ASSERT_NE(session_, nullptr);
    session_->hang_up();
}

std::unique_ptr<net::ServerConversation> ScriptedBroker::accept(net::Handle handle,
                                                                const net::Peer&, TimePoint) {
    ++accepted;
    auto session = std::make_unique<Session>(*this, handle);
    session_ = session.get();
    return session;
}

}  // namespace twinstorm
