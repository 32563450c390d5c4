// What the HTTP connections of one listener have in common: the handler, the routes, the limits.
//
// Use:    makes a WebConversation for every connection. A connection waits here while it has no
//         request with the handler: beyond LoopOptions::http_connections_max, who has waited
//         longest is put out.
// Owner:  AsioLoop; outlives its connections.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <vector>

#include "twinstorm/asio_net/asio_loop.h"

namespace twinstorm::asio_net {

class HttpServerConversation;

class HttpService final : public net::Service {
public:
    using Waiting = std::list<HttpServerConversation*>;

    HttpService(net::HttpHandler& handler, net::Loop& loop, std::vector<WebSocketRoute> routes,
                std::size_t connections_max);

    [[nodiscard]] std::unique_ptr<net::ServerConversation> accept(net::Handle handle,
                                                                  const net::Peer& peer,
                                                                  TimePoint now) override;

    // For its connections.
    [[nodiscard]] net::HttpHandler& handler() { return handler_; }
    [[nodiscard]] net::Loop& loop() { return loop_; }
    [[nodiscard]] const std::vector<WebSocketRoute>& routes() const { return routes_; }
    void entered() { ++connections_; }
    void left() { --connections_; }
    [[nodiscard]] Waiting& waiting() { return waiting_; }  // Who has waited longest goes first.
    // Bytes of requests that have not come in full; false: it is too much for this machine.
    [[nodiscard]] bool hold(std::size_t bytes);
    void let_go(std::size_t bytes) { unread_bytes_ -= bytes; }

private:
    net::HttpHandler& handler_;
    net::Loop& loop_;
    const std::vector<WebSocketRoute> routes_;
    const std::size_t connections_max_;
    Waiting waiting_;
    std::size_t connections_ = 0;
    std::size_t unread_bytes_ = 0;
};

}  // namespace twinstorm::asio_net
