// One async_client of Paho's: its callbacks become events, its exceptions become errors.
//
// Use:    make(), connect(); after Disconnected, Lost or OpenFailed connect() again: Paho then
//         sends again what the server has not acknowledged, [MQTT-4.4.0-1].
// Owner:  one link, on its worker's thread. The sink is called on Paho's threads, which hold
//         Paho's lock meanwhile: it must not call back, and must not wait.
// End:    the destructor says nothing more to the sink. It closes the connection at once and waits
//         only for a callback that is under way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include <mqtt/message.h>

#include "paho_link/event.h"
#include "twinstorm/paho_link/paho_link.h"

namespace twinstorm::paho_link {

class Client {
public:
    // `connection` is what connect() was told: events of an earlier one can be told apart.
    using Sink = std::function<void(std::uint32_t connection, Event event)>;

    [[nodiscard]] static Result<std::unique_ptr<Client>> make(const Options& options,
                                                              const std::string& client_id,
                                                              Sink sink);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Errors of all these: kClosedByPeer when the connection is gone, of which Lost tells as well;
    // kLimitExceeded, kInvalidArgument, kInternal.
    [[nodiscard]] Result<void> connect(const net::OpenRequest& request, std::uint32_t connection);
    [[nodiscard]] Result<void> disconnect();
    [[nodiscard]] Result<void> subscribe(std::span<const net::TopicFilter> filters);
    [[nodiscard]] Result<void> publish(net::PublishId id, const ::mqtt::const_message_ptr& message);

private:
    class Paho;
    explicit Client(std::unique_ptr<Paho> paho);
    std::unique_ptr<Paho> paho_;
};

}  // namespace twinstorm::paho_link
