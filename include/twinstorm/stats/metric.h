// The names under which a run's numbers are published. Scripts depend on them: they only grow.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace twinstorm::stats {

// Latencies, in microseconds.
enum class Metric : std::uint8_t {
    kConnect,                  // Wish to connect -> CONNACK (TLS included).
    kReconnect,                // Connection lost -> CONNACK again.
    kTwinGet,                  // GET published -> answer.
    kTwinUpdateAccept,         // Operator's intended instant -> 2xx.
    kTwinUpdateDelivery,       // Operator's intended instant -> desired patch at the agent.
    kTwinUpdateRoundTrip,      // Operator's intended instant -> its reported patch acknowledged.
    kTwinReport,               // Reported patch published -> 204.
    kSecurityMessageAck,       // Intended instant -> PUBACK.
    kSecurityMessageService,   // Actual send -> PUBACK.
    kSecurityMessageLateness,  // Intended instant -> actual send.
    kConvergence,              // Start of a roll-out -> that agent has confirmed it.
    kLoopLag,                  // A worker's deadline -> the turn that served it.
    kTelemetryAck,             // Of plain telemetry: intended instant -> PUBACK.
    kReceiveLag,               // Bytes in the kernel -> read by a worker; sampled.
};
inline constexpr std::size_t kMetricCount = 14;

enum class Counter : std::uint8_t {
    kSecurityMessageOffered,
    kSecurityMessageSent,
    kSecurityMessageAcked,
    kSecurityMessageFailed,
    kSecurityMessageLost,
    kSecurityMessageDuplicated,
    kSecurityMessageBytes,
    kSecurityMessageBilled,
    kTelemetryOffered,
    kTelemetrySent,
    kTelemetryAcked,
    kTelemetryFailed,
    kTelemetryLost,
    kTelemetryDuplicated,
    kTelemetryBytes,
    kTelemetryBilled,
    kTwinUpdateOffered,
    kTwinUpdateAccepted,
    kTwinUpdateDelivered,
    kTwinUpdateConfirmed,
    kTwinUpdateThrottled,
    kTwinUpdateFailed,
    kConnectionOpened,
    kConnectionRefused,
    kConnectionDropped,
    kConnectionReconnected,
    kAgentRestarted,     // An agent's process ended and was started again.
    kThrottleDelayed,    // Operations that the hub made wait; known with a mock hub only.
    kThrottleRefused,    // Operations that it refused for a throttle or its quota; likewise.
    kReceiveBufferFull,  // Samples of a connection whose receive buffer was full.
};
inline constexpr std::size_t kCounterCount = 30;

[[nodiscard]] std::string_view name(Metric metric);      // `twin_update.round_trip`
[[nodiscard]] std::string_view name(Counter counter);    // `security_message.acked`
[[nodiscard]] std::string_view describe(Metric metric);  // One line for a reader of the report.
[[nodiscard]] std::optional<Metric> find_metric(std::string_view name);
[[nodiscard]] std::optional<Counter> find_counter(std::string_view name);

}  // namespace twinstorm::stats
