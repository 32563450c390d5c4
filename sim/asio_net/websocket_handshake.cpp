#include "asio_net/websocket_handshake.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "asio_net/http_wire.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kVersion = "13";
constexpr std::string_view kKeyGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kKeyBytes = 16;

bool same(std::string_view a, std::string_view b) {
    return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

// In any header of that name, each of which may be a list.
template <class Visit>
void for_each_token(const net::HttpHeaders& headers, std::string_view name, const Visit& visit) {
    for (const auto& [each, value] : headers) {
        if (!same(each, name)) {
            continue;
        }
        for (const auto token : http::token_list{value}) {
            visit(std::string_view(token.data(), token.size()));
        }
    }
}

bool has_token(const net::HttpHeaders& headers, std::string_view name, std::string_view token) {
    bool found = false;
    for_each_token(headers, name,
                   [&](std::string_view each) { found = found || same(each, token); });
    return found;
}

std::string_view path_of(const net::HttpRequest& request) {
    return std::string_view(request.target).substr(0, request.target.find('?'));
}

std::string accept_value(std::string_view key) {
    const std::string text = fmt::format("{}{}", key, kKeyGuid);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    TWINSTORM_CHECK(
        EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
    return base64_encode({reinterpret_cast<const char*>(digest.data()), size});
}

net::HttpResponse refusal(unsigned status, std::string why) {
    return {status, {{"Content-Type", "text/plain"}}, std::move(why)};
}

bool is_key(std::string_view key) {
    const auto bytes = base64_decode(key);
    return bytes && bytes->size() == kKeyBytes;
}

}  // namespace

bool wants_websocket(const net::HttpRequest& request, const std::vector<WebSocketRoute>& routes) {
    return has_token(request.headers, "Upgrade", "websocket") &&
           has_token(request.headers, "Connection", "upgrade") &&
           std::ranges::any_of(routes, [path = path_of(request)](const WebSocketRoute& route) {
               return route.path == path;
           });
}

tl::expected<Upgrade, net::HttpResponse> judge_upgrade(const net::HttpRequest& request,
                                                       const std::vector<WebSocketRoute>& routes) {
    if (request.method != "GET" || !request.body.empty()) {
        return tl::unexpected(refusal(400, "a WebSocket begins with GET"));
    }
    if (net::find_header(request.headers, "Sec-WebSocket-Version") != kVersion) {
        auto answer = refusal(426, "only version 13 of WebSocket is understood");
        answer.headers.emplace_back("Sec-WebSocket-Version", kVersion);
        return tl::unexpected(std::move(answer));
    }
    Upgrade upgrade{nullptr, "",
                    std::string(net::find_header(request.headers, "Sec-WebSocket-Key"))};
    if (!is_key(upgrade.key)) {
        return tl::unexpected(refusal(400, "Sec-WebSocket-Key must be 16 bytes in base64"));
    }
    const std::string_view path = path_of(request);
    for_each_token(request.headers, "Sec-WebSocket-Protocol", [&](std::string_view offered) {
        for (const WebSocketRoute& route : routes) {
            if (upgrade.route == nullptr && route.path == path &&
                same(route.subprotocol, offered)) {
                upgrade.route = &route;
                upgrade.subprotocol = offered;
            }
        }
    });
    if (upgrade.route == nullptr) {
        return tl::unexpected(
            refusal(400, "none of the subprotocols in Sec-WebSocket-Protocol is served here"));
    }
    return upgrade;
}

void append_agreement(Buffer& buffer, const Upgrade& upgrade) {
    append_text(buffer, fmt::format("HTTP/1.1 101 Switching Protocols\r\n"
                                    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                    "Sec-WebSocket-Accept: {}\r\n"
                                    "Sec-WebSocket-Protocol: {}\r\n\r\n",
                                    accept_value(upgrade.key), upgrade.subprotocol));
}

void append_upgrade(Buffer& buffer, const UpgradeRequest& request) {
    append_text(buffer, fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n"
                                    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                    "Sec-WebSocket-Key: {}\r\nSec-WebSocket-Version: {}\r\n"
                                    "Sec-WebSocket-Protocol: {}\r\n\r\n",
                                    request.path, request.host, request.key, kVersion,
                                    request.subprotocol));
}

Result<void> check_agreement(std::span<const std::byte> header, const UpgradeRequest& request) {
    http::response_parser<http::empty_body> parser;
    parser.skip(true);
    boost::beast::error_code error;
    parser.put(boost::asio::buffer(header.data(), header.size()), error);
    if (error || !parser.is_header_done()) {
        return fail(ErrorCode::kProtocolViolation,
                    "the answer to a WebSocket upgrade is no HTTP: " + error.message());
    }
    if (parser.get().result_int() != 101) {
        return fail(ErrorCode::kRefused, fmt::format("the server answered {} to the WebSocket "
                                                     "upgrade of `{}`",
                                                     parser.get().result_int(), request.path));
    }
    const net::HttpHeaders headers = to_headers(parser.get());
    if (net::find_header(headers, "Sec-WebSocket-Accept") != accept_value(request.key) ||
        !has_token(headers, "Upgrade", "websocket") ||
        !has_token(headers, "Connection", "upgrade")) {
        return fail(ErrorCode::kProtocolViolation,
                    "the server's answer does not belong to this WebSocket upgrade");
    }
    if (!same(net::find_header(headers, "Sec-WebSocket-Protocol"), request.subprotocol)) {
        return fail(
            ErrorCode::kProtocolViolation,
            fmt::format("the server does not speak `{}` over WebSocket", request.subprotocol));
    }
    return {};
}

}  // namespace twinstorm::asio_net
