// What one thing costs one process: measured, and what plans are judged by before they run.
//
// Source: tests/bench/unit_costs.sh measures each of them anew and holds it against its constant.
//         Two cores of a virtual Xeon, Linux 6, OpenSSL 3.0, release build, TLS 1.3 with P-256,
//         real agents with real messages; the fleet's lone messages, paced. CPU times are rounded
//         up by up to a half, for a busier machine: a plan should rather ask for too much.
// Units:  CPU time in microseconds of one core, memory in bytes.
#pragma once

#include <cstdint>

namespace twinstorm::plan::unit_cost {

// CPU time. A connect is TCP, a full TLS handshake, CONNECT, subscriptions and the twin's read.
inline constexpr double kFleetConnectUs = 1'000;
inline constexpr double kHubConnectUs = 600;
inline constexpr double kFleetMessageUs = 60;  // Made, encoded, sent, acknowledged.
inline constexpr double kHubMessageUs = 40;
inline constexpr double kFleetTwinUpdateUs = 150;  // Patched, applied, reported, confirmed.
inline constexpr double kHubTwinUpdateUs = 150;    // Both of its requests and its notice.
inline constexpr double kKeepAliveUs = 20;         // A PINGREQ and its answer, on either side.

// Memory: one idle agent over TLS, twin and schedule included, and one process without any.
inline constexpr std::uint64_t kFleetAgentBytes = 24 * 1024;
inline constexpr std::uint64_t kHubAgentBytes = 18 * 1024;
inline constexpr std::uint64_t kProcessBytes = 20 * 1024 * 1024;

// Files. Beside its connections a process holds logs, results, timers, event descriptors.
inline constexpr std::uint64_t kFixedFiles = 64;
inline constexpr std::uint64_t kOperatorConnections = 8;  // Kept alive, at the REST API.

// Ports. Past about 14,000 a source address costs more CPU, and near 28,000 it has no port left.
inline constexpr std::uint64_t kConnectionsPerAddress = 20'000;

}  // namespace twinstorm::plan::unit_cost
