// One worker's world: sockets and real time, or virtual time from a seed.
//
// Use:    add activities, carry conversations, then run() until stop(). All calls from the
//         worker's own thread, except post() and stop(), which are for other threads.
// Owner:  one worker. What is added is borrowed and must outlive its remove() or the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/base/time.h"
#include "twinstorm/net/activity.h"
#include "twinstorm/net/conversation.h"
#include "twinstorm/net/http.h"
#include "twinstorm/net/server_conversation.h"

namespace twinstorm::net {

// What a client proves its identity with, in PEM. Shared by whoever connects with it.
struct ClientCertificate {
    std::string chain;  // Leaf first.
    Secret key;
};

// Where a client's conversation connects to.
struct Destination {
    std::string host;  // Name or address to connect to.
    std::uint16_t port = 0;
    std::string server_name;  // For SNI and certificate verification; empty = host.
    bool tls = true;
    std::string websocket_path{};  // Not empty: MQTT in WebSocket frames, subprotocol `mqtt`.
    const ClientCertificate* certificate = nullptr;  // Borrowed; must outlive the connection.
};

class Loop {
public:
    Loop() = default;
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    virtual ~Loop() = default;

    [[nodiscard]] virtual TimePoint now()
        const = 0;  // Fresh: a turn takes it once and hands it down.
    [[nodiscard]] virtual BufferPool& buffers() = 0;

    virtual Handle add(Activity& activity) = 0;
    virtual Handle carry(Conversation& conversation, const Destination& destination) = 0;
    // Its state was changed from outside a call of the loop: look at its wishes again, once, after
    // the turn that is under way.
    virtual void wake(Handle handle) = 0;
    virtual void remove(Handle handle) = 0;

    // Gives a server's connection and its conversation to another loop of the same world, once the
    // turn under way has ended. There, in that loop's thread, moved() is said with the new handle;
    // the old one is void. A loop may be given to itself.
    virtual void hand_over(Handle handle, Loop& to) = 0;

    // Keep-alive HTTPS (or HTTP) connections to one server.
    [[nodiscard]] virtual std::unique_ptr<HttpClient> http_client(const Destination& destination,
                                                                  std::size_t connections) = 0;

    virtual void post(std::function<void(TimePoint now)> work) = 0;  // From any thread.
    virtual void run() = 0;
    virtual void stop() = 0;  // From any thread.
};

// Who answers connections: makes one conversation for each, or none to refuse it. The loop owns it
// until disconnected() was said.
class Service {
public:
    virtual ~Service() = default;
    [[nodiscard]] virtual std::unique_ptr<ServerConversation> accept(Handle handle,
                                                                     const Peer& peer,
                                                                     TimePoint now) = 0;
};

}  // namespace twinstorm::net
