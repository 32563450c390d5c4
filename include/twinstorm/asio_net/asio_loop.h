// The live world of one worker: an io_context, its sockets, TLS, timers and HTTP connections.
//
// Use:    as net::Loop says; a hub's loop also listens. Reads into one buffer of the loop, writes
//         all that a conversation has ready in one call; an idle connection owns no buffer.
//         remove() closes at once and says nothing more to the conversation; one that is flushed
//         first stops wanting its connection. A service must outlive the loop's last turn.
// Owner:  one worker's thread, from run() on. post() and stop() from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "twinstorm/asio_net/tls.h"
#include "twinstorm/base/error.h"
#include "twinstorm/base/real_clock.h"
#include "twinstorm/net/loop.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::asio_net {

inline constexpr std::size_t kReadBytes = std::size_t{64} << 10;  // The worker's read buffer.
inline constexpr std::size_t kReadsPerTurn = 8;                   // Then others get their turn.
inline constexpr int kListenBacklog = 4096;
inline constexpr std::chrono::seconds kConnectTimeout{30};    // TCP and TLS together.
inline constexpr std::chrono::seconds kHandshakeTimeout{20};  // A server waits that long.

struct LoopOptions {
    const TlsContext* client_tls = nullptr;      // Needed for destinations with TLS.
    std::vector<std::string> source_addresses;   // Taken in turn; empty: the system chooses.
    std::uint32_t connects_in_flight_max = 256;  // Dials and handshakes under way; others wait.
    stats::Recorder* recorder = nullptr;         // For loop lag; may be set later.
    bool resume_tls_sessions = true;             // False: every handshake is a full one.
    // Zero: everything at its instant. Else the loop sleeps between ticks and serves what was due
    // or came meanwhile all at once: cheaper, and up to a tick late each way.
    Duration tick{};
    // Of a server. Beyond them the client that has kept the loop waiting longest gives way.
    std::size_t unadmitted_max = 4'096;        // In a TLS handshake.
    std::size_t http_connections_max = 4'096;  // Of each HTTP listener; a WebSocket is none.
};

// What happened to connections that no conversation was told of.
struct LoopCounts {
    std::uint64_t accepted = 0;
    std::uint64_t accepts_paused = 0;     // Too few files; tried again after a moment.
    std::uint64_t handshakes_failed = 0;  // As client or as server.
    std::uint64_t turned_away = 0;        // Beyond LoopOptions::unadmitted_max.
    std::uint64_t resumed = 0;            // A client's handshakes cut short by a TLS session.
};

struct Listener {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;           // 0: any free port.
    const TlsContext* tls = nullptr;  // None: plain.
    // Several loops listen there and the kernel spreads the clients: the first has port 0, the
    // others name the port that it got. All of them share, or none.
    bool share_port = false;
};

// MQTT or AMQP in WebSocket frames on an HTTP listener: an upgrade of this path (its query is
// ignored) that offers the subprotocol is carried for the service. A path may have several.
struct WebSocketRoute {
    std::string path;         // "/$iothub/websocket"
    std::string subprotocol;  // "mqtt" or "AMQPWSB10"
    net::Service* service = nullptr;
};

class AsioLoop final : public net::Loop {
public:
    AsioLoop(const RealClock& clock, LoopOptions options);
    ~AsioLoop() override;

    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] BufferPool& buffers() override;
    net::Handle add(net::Activity& activity) override;
    net::Handle carry(net::Conversation& conversation,
                      const net::Destination& destination) override;
    void wake(net::Handle handle) override;
    void remove(net::Handle handle) override;
    void hand_over(net::Handle handle, net::Loop& to) override;
    [[nodiscard]] std::unique_ptr<net::HttpClient> http_client(const net::Destination& destination,
                                                               std::size_t connections) override;
    void post(std::function<void(TimePoint now)> work) override;
    void run() override;
    void stop() override;

    void set_recorder(stats::Recorder* recorder);
    [[nodiscard]] const LoopCounts& counts() const;

    // Listens before it returns; gives the bound port. Errors: kIo (address in use), kExhausted.
    [[nodiscard]] Result<std::uint16_t> listen(const Listener& listener, net::Service& service);
    [[nodiscard]] Result<std::uint16_t> listen_http(const Listener& listener,
                                                    net::HttpHandler& handler,
                                                    std::vector<WebSocketRoute> routes = {});
    // Calls back once for SIGINT or SIGTERM, on the loop.
    void on_signal(std::function<void(int signal)> callback);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace twinstorm::asio_net
