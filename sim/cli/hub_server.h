// A mock hub on sockets: its loops, its ports, its certificate and its ready file.
//
// Use:    serve_hub() returns when a signal has ended it, or tells why it cannot serve. Port 0 is
// any
//         free port; once all listen, the ready file says which.
// Owner:  the command. One thread for each loop; connections spread over them, and each goes to the
//         one that owns its device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "twinstorm/asio_net/tls.h"
#include "twinstorm/base/error.h"
#include "twinstorm/dps/provisioning_service.h"
#include "twinstorm/hub/hub.h"

namespace twinstorm::cli {

struct HubPorts {
    std::uint16_t mqtts = 8883;
    std::uint16_t https = 8443;
    // Not given: the usual port, or any free one when that is taken, so that a script which knows
    // nothing of them may start several hubs.
    std::optional<std::uint16_t> amqps{};  // 5671.
    std::optional<std::uint16_t> dps{};    // 8884; MQTT, its REST API is on the HTTPS port.
    std::optional<std::uint16_t> mqtt{};   // Without TLS, which no real hub offers: for benchmarks.
};

struct HubServer {
    std::string bind = "127.0.0.1";
    HubPorts ports;
    std::size_t workers = 1;
    asio_net::CertificateFiles certificate;
    std::string ready_file;  // Empty: none.
    hub::Options hub;
    dps::Options dps;
};

// Errors: kIo, kTls, kInvalidArgument.
[[nodiscard]] Result<void> serve_hub(const HubServer& server);

}  // namespace twinstorm::cli
