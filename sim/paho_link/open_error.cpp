#include "paho_link/open_error.h"

#include <fmt/format.h>

#include "paho_link/limits.h"

namespace twinstorm::paho_link {
namespace {

constexpr int kConnAckCodeMax = 5;  // [MQTT-3.2.2.3]

// Paho's words for its three ways to fail; others are about a connection that was made.
constexpr std::string_view kTimeoutReason = "TCP connect timeout";
constexpr std::string_view kConnectReason = "TCP/TLS connect failure";

}  // namespace

bool is_refusal(const OpenFailed& event) {
    return event.code > 0 && event.code <= kConnAckCodeMax;
}

Error open_error(const OpenFailed& event, const net::Destination& destination) {
    const std::string where = fmt::format("{}:{}", destination.host, destination.port);
    if (is_refusal(event)) {
        return {ErrorCode::kRefused, fmt::format("CONNACK {}", event.code)};
    }
    if (event.code > 0) {
        return {ErrorCode::kMalformedPacket,
                fmt::format("{}: CONNACK with the reserved code {}", where, event.code)};
    }
    if (event.reason == kTimeoutReason) {
        return {ErrorCode::kTimedOut,
                fmt::format("{}: no CONNACK came within {} s", where, kConnectTimeout.count())};
    }
    if (destination.tls && event.tls_error) {
        return {ErrorCode::kTls,
                fmt::format("{}: the TLS handshake failed (Paho does not say why): is the CA file "
                            "the right one, and the certificate valid today?",
                            where)};
    }
    if (!event.reason.empty() && event.reason != kConnectReason) {
        return {ErrorCode::kClosedByPeer,
                fmt::format("{}: the connection ended before CONNACK", where)};
    }
    // Paho says the same of a refused connection and of a certificate for another name.
    return {ErrorCode::kUnreachable,
            fmt::format("{}: no connection could be made{}", where,
                        destination.tls ? ", or the certificate does not cover that host" : "")};
}

}  // namespace twinstorm::paho_link
