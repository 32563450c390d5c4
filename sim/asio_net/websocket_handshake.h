// The way into a WebSocket, RFC 6455, 4: an HTTP/1.1 request with `Upgrade: websocket`, and 101.
//
// Use:    a server judges the request and appends its agreement, or answers with the refusal; a
//         client appends its request and checks what the server agreed to.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "twinstorm/asio_net/asio_loop.h"
#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/net/http.h"

namespace twinstorm::asio_net {

struct Upgrade {
    const WebSocketRoute* route = nullptr;
    std::string subprotocol;  // As the client spells it.
    std::string key;
};

// Whether the request wants a WebSocket where one is served; if not, it is for the HTTP handler.
[[nodiscard]] bool wants_websocket(const net::HttpRequest& request,
                                   const std::vector<WebSocketRoute>& routes);
[[nodiscard]] tl::expected<Upgrade, net::HttpResponse> judge_upgrade(
    const net::HttpRequest& request, const std::vector<WebSocketRoute>& routes);
void append_agreement(Buffer& buffer, const Upgrade& upgrade);

struct UpgradeRequest {
    std::string path;
    std::string host;
    std::string subprotocol;
    std::string key;  // 16 random bytes in base64.
};
void append_upgrade(Buffer& buffer, const UpgradeRequest& request);
// The server's whole header. Errors: kRefused with its status, kProtocolViolation.
[[nodiscard]] Result<void> check_agreement(std::span<const std::byte> header,
                                           const UpgradeRequest& request);

}  // namespace twinstorm::asio_net
