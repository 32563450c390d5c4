// Every limit of the mock provisioning service, by name. Those without a note are Microsoft's
// documented limits; "ours" marks a bound of this program, there so that no peer can make it grow.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace twinstorm::dps {

inline constexpr std::size_t kEnrollmentsMax = 1'000'000;
inline constexpr std::size_t kRegistrationsMax = 1'000'000;
inline constexpr std::size_t kEnrollmentGroupsMax = 100;
inline constexpr std::size_t kLinkedHubsMax = 50;
inline constexpr std::size_t kMessageBytesMax = std::size_t{96} * 1024;
inline constexpr std::size_t kRegistrationIdBytesMax = 128;

// Rates: so many in each window, for the whole service or for one device.
inline constexpr std::uint32_t kServiceOperationsMax = 1000;
inline constexpr std::uint32_t kRegistrationRateMax = 1000;
inline constexpr std::chrono::seconds kServiceWindow{60};
inline constexpr std::uint32_t kDeviceRequestsMax = 5;  // PUT and GET counted separately.
inline constexpr std::chrono::seconds kDeviceWindow{10};

// One MQTT packet: a message, its topic and the headers. Ours.
inline constexpr std::size_t kPacketBytesMax = kMessageBytesMax + 65'535 + 16;
// A request id is echoed in a topic of its own. Ours.
inline constexpr std::size_t kRequestIdBytesMax = 1024;
// Filters in one SUBSCRIBE; there is one to have. Ours.
inline constexpr std::size_t kFiltersMax = 5;
// What waits for a slow reader before its connection is closed. Ours.
inline constexpr std::size_t kOutgoingBytesMax = std::size_t{1} << 20;
// Connections at a time, those before CONNECT included. Ours.
inline constexpr std::size_t kConnectionsMax = 50'000;

// As the hub's: CONNECT comes within this time, and silence is allowed for 1.5 x the client's
// keep-alive [MQTT-3.1.2-24], never longer than 29.45 minutes.
inline constexpr std::chrono::seconds kConnectTimeMax{30};
inline constexpr std::chrono::seconds kKeepAliveTimeoutMax{1767};
// Clocks may differ by this much when a token is presented. Ours.
inline constexpr std::chrono::seconds kSasClockSkew{60};
// Tokens that outlive this need no timer; it also keeps instants within 64 bits. Ours.
inline constexpr std::chrono::hours kSasTimerMax{24 * 365 * 10};

// One page of a query; what a service may bring along; a device's payload is bound by its message.
inline constexpr std::size_t kQueryPageMax = 1000;  // Ours.
inline constexpr std::size_t kKeyBytesMax = 512;    // Ours.

// Lines for the operator in one second; text of a peer's in a line. Ours.
inline constexpr std::uint32_t kLogLinesPerSecond = 20;
inline constexpr std::size_t kLogTextBytesMax = 160;

}  // namespace twinstorm::dps
