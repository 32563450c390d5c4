// The hub's AMQP 1.0 side without I/O: built-in Event Hubs-compatible endpoint and service links.
//
// Use:    give it to a loop that listens for AMQP (TLS and WebSockets are the loop's); the ports
// are
//         the hub's. Makes one conversation for each connection; they share consumers' epochs.
// Owner:  one worker, that of `loop`. Must end before its loop and its ports; connections still
//         there are then forgotten, and close with their next event.
// Limits: sim/amqp/limits.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/time.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::amqp {

struct Options {
    std::string host_name;  // The hub's, as the container id and in redirects' texts.
    // Where a redirected client goes: host, or host:port when it is not 5671.
    std::string events_host;
    std::vector<std::string> consumer_groups{"$Default"};
    // Whether nobody is let in for the time being. May be empty.
    std::function<bool()> down{};
    // One line for the operator of the hub: who broke which rule. May be empty. Not rate-limited.
    std::function<void(std::string_view line)> log{};
};

struct Ports {
    EventSource& events;
    Messages& messages;
    Authorizer& authorizer;
};

struct Counts {
    std::uint64_t connections = 0;  // Ever.
    std::size_t connections_now = 0;
    std::size_t readers_now = 0;  // Of events.
    std::uint64_t refused_connections = 0;
    std::uint64_t refused_tokens = 0;
    std::uint64_t protocol_errors = 0;
    std::uint64_t events_delivered = 0;
};

class Service final : public net::Service {
public:
    Service(Options options, Ports ports, WallAnchor anchor, net::Loop& loop);
    ~Service();

    [[nodiscard]] std::unique_ptr<net::ServerConversation> accept(net::Handle handle,
                                                                  const net::Peer& peer,
                                                                  TimePoint now) override;
    [[nodiscard]] Counts counts() const;
    // All of them, without a word, as a service does that is gone of a sudden.
    void drop_connections();
    // Once the port is known that Options::events_host is to name.
    void announce(std::string events_host);

    struct Shared;

private:
    std::unique_ptr<Shared> shared_;
};

}  // namespace twinstorm::amqp
