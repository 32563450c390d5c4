// The named limits of the link over Paho.
#pragma once

#include <chrono>
#include <cstddef>

namespace twinstorm::paho_link {

// TCP, TLS and CONNACK together. Paho looks at it every third second.
inline constexpr std::chrono::seconds kConnectTimeout{30};
// Paho sends DISCONNECT after all that waits before it; a server that reads no more delays it.
inline constexpr std::chrono::seconds kCloseTimeout{2};
// Not acknowledged, and waiting for Paho's sending thread: as many as packet identifiers.
inline constexpr int kInFlightMax = 65'535;
inline constexpr std::size_t kKeptMax = kInFlightMax;

}  // namespace twinstorm::paho_link
