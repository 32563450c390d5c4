// The limits of the live world that nobody outside needs to know.
#pragma once

#include <chrono>
#include <cstddef>

namespace twinstorm::asio_net {

inline constexpr std::size_t kWritesPerTurn = 8;    // Of one connection, then others get theirs.
inline constexpr std::size_t kAcceptsPerTurn = 64;  // Of one listener.
inline constexpr std::size_t kDuePerTurn = 256;     // Deadlines that see the same `now`.

inline constexpr std::chrono::milliseconds kAcceptPause{100};  // After too few files.
inline constexpr std::chrono::seconds kLingerTimeout{2};       // For a peer that reads our last.
inline constexpr std::chrono::seconds kFlushTimeout{20};       // For one that takes our last.

inline constexpr std::chrono::seconds kHttpServerIdleTimeout{120};
inline constexpr std::chrono::seconds kHttpRequestTimeout{30};  // First byte to last, at a server.
inline constexpr std::chrono::seconds kHttpClientIdleTimeout{30};  // Below every server's.
inline constexpr std::chrono::seconds kHttpResponseTimeout{60};    // Request sent to last byte.

}  // namespace twinstorm::asio_net
