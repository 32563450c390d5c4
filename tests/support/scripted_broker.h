// An MQTT server for one test: it does as it is told, and keeps what it hears.
//
// Use:    set what it is to do, hand it to a loop that listens; look at what it heard.
// Owner:  the test, on the loop's thread. One connection at a time is `the` connection: the last.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "twinstorm/mqtt/packet.h"
#include "twinstorm/net/loop.h"

namespace twinstorm {

class ScriptedBroker final : public net::Service {
public:
    enum class Welcome : std::uint8_t {
        kAccept,
        kHangUpAtOnce,    // Before it has read anything.
        kHangUp,          // Instead of CONNACK.
        kSilence,         // No CONNACK, ever.
        kAcceptAndHangUp  // CONNACK, and the end.
    };
    struct Connection {  // A CONNECT packet.
        std::string client_id;
        std::string user_name;
        std::string password;
        std::uint16_t keep_alive = 0;
        std::uint8_t level = 0;
        bool clean_session = false;
    };
    struct Publication {
        std::string topic;
        std::string payload;
        std::uint16_t packet_id = 0;
        std::uint8_t qos = 0;
        bool duplicate = false;
    };
    struct Filter {
        std::string filter;
        std::uint8_t qos = 0;
    };

    explicit ScriptedBroker(net::Loop& loop) : loop_(loop) {}

    // What it does.
    Welcome welcome = Welcome::kAccept;
    mqtt::ConnectCode code = mqtt::ConnectCode::kAccepted;
    bool session_present = false;
    bool acknowledges = true;
    std::vector<std::uint8_t> subscription_codes;  // Left out: what was asked for.
    std::function<void()> on_heard;                // After each packet, and each end.

    // What it heard.
    std::vector<Connection> connects;
    std::vector<Publication> publications;
    std::vector<std::vector<Filter>> subscribes;
    std::vector<std::uint16_t> acknowledgements;  // PUBACK for what it sent.
    std::size_t accepted = 0;
    std::size_t disconnects = 0;  // DISCONNECT packets.
    std::size_t ended = 0;        // Connections.

    // To the connection, from outside a call of the loop or from on_heard.
    void send(const mqtt::Publish& message);
    void acknowledge(std::uint16_t packet_id);
    void hang_up();

    [[nodiscard]] std::unique_ptr<net::ServerConversation> accept(net::Handle handle,
                                                                  const net::Peer& peer,
                                                                  TimePoint now) override;

private:
    class Session;
    net::Loop& loop_;
    Session* session_ = nullptr;
};

}  // namespace twinstorm
