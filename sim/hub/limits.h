// Every limit of the mock hub, by name. Sections cited are those of Microsoft's documentation of
// IoT Hub; "ours" marks a bound of this program, there so that no peer can make it grow.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace twinstorm::hub {

// One message: body, system values, application names and values (quotas and throttling).
inline constexpr std::size_t kMessageBytesMax = std::size_t{256} * 1024;
// One MQTT packet: a message, its topic and the headers. Ours.
inline constexpr std::size_t kPacketBytesMax = kMessageBytesMax + 65'535 + 16;

// Subscriptions of one connection at a time (MQTT support).
inline constexpr std::size_t kSubscriptionsMax = 5;

// A client says CONNECT within this time of its connection (MQTT support).
inline constexpr std::chrono::seconds kConnectTimeMax{30};
// The server waits 1.5 x the client's keep-alive [MQTT-3.1.2-24], never longer than 29.45 minutes.
inline constexpr std::chrono::seconds kKeepAliveTimeoutMax{1767};

// Clocks may differ by this much when a token is presented. Ours: the real skew is not published.
inline constexpr std::chrono::seconds kSasClockSkew{60};
// Tokens that outlive this need no timer; it also keeps instants within 64 bits. Ours.
inline constexpr std::chrono::hours kSasTimerMax{24 * 365 * 10};

// A request id is echoed in a topic of its own, which must stay a topic. Ours.
inline constexpr std::size_t kRequestIdBytesMax = 1024;

// What waits for a slow reader before its connection is closed. Ours.
inline constexpr std::size_t kOutgoingBytesMax = std::size_t{1} << 20;

// Connections of one hub, those before CONNECT included. Ours.
inline constexpr std::size_t kConnectionsMax = 250'000;

// Devices and modules of one hub; modules of one device (quotas and throttling).
inline constexpr std::size_t kIdentitiesMax = 1'000'000;
inline constexpr std::size_t kModulesPerDeviceMax = 50;
// Keys and thumbprints that a service may bring along. Ours.
inline constexpr std::size_t kKeyBytesMax = 512;
inline constexpr std::size_t kStatusReasonBytesMax = 128;

// One page of GET /devices; one bulk request (service REST API).
inline constexpr std::size_t kDeviceListMax = 1000;
inline constexpr std::size_t kBulkItemsMax = 100;

// Identities that the ledger counts by themselves; further ones count in its sums only. Ours.
inline constexpr std::size_t kLedgerRowsMax = kIdentitiesMax;

// The journal is written early when a turn fills this much; no line is longer. Ours.
inline constexpr std::size_t kJournalBufferBytesMax = std::size_t{256} * 1024;
inline constexpr std::size_t kJournalLineBytesMax = std::size_t{8} << 20;

// Lines for the operator in one second; the rest is counted. Text of a peer's in a line. Ours.
inline constexpr std::uint32_t kLogLinesPerSecond = 20;
inline constexpr std::size_t kLogTextBytesMax = 160;

}  // namespace twinstorm::hub
