// The limits of the live world that nobody outside needs to know.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace twinstorm::asio_net {

inline constexpr std::size_t kWritesPerTurn = 8;    // Of one connection, then others get theirs.
inline constexpr std::size_t kAcceptsPerTurn = 64;  // Of one listener.
inline constexpr std::size_t kDuePerTurn = 256;     // Deadlines that see the same `now`.

// Between two looks at what waits in a receive buffer, and how full one is that is called full.
inline constexpr std::chrono::milliseconds kQueueLookInterval{10};
inline constexpr double kQueueFullShare = 0.75;

inline constexpr std::chrono::milliseconds kAcceptPause{100};  // After too few files.
inline constexpr std::chrono::seconds kLingerTimeout{2};       // For a peer that reads our last.
inline constexpr std::chrono::seconds kFlushTimeout{20};       // For one that takes our last.

// An HTTP server's patience.
inline constexpr std::chrono::seconds kHttpFirstByteTimeout{30};  // From accepted to first byte.
inline constexpr std::chrono::seconds kHttpHeaderTimeout{15};     // First byte to last of a header.
inline constexpr std::chrono::seconds kHttpRequestTimeout{30};    // First byte to last of it all.
inline constexpr std::chrono::seconds kHttpServerIdleTimeout{120};  // Between two requests.

// Of one listener: requests that have not come in full.
inline constexpr std::size_t kHttpUnreadBytesMax = std::size_t{64} << 20;
// Of one connection: answers that its client does not read. Then nothing more is read of it.
inline constexpr std::size_t kHttpAnswerBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kHttpPipelineBytesMax = std::size_t{64} << 10;  // While one is served.

inline constexpr std::chrono::seconds kHttpClientIdleTimeout{30};  // Below every server's.
// Request sent to last byte: a direct method waits 300 s for the device's connection, and 300 s
// for its answer.
inline constexpr std::chrono::seconds kHttpResponseTimeout{660};

inline constexpr std::uint64_t kWebSocketFrameBytesMax = std::uint64_t{1} << 20;
inline constexpr std::size_t kWebSocketSendBytesMax = std::size_t{256} << 10;  // In one frame.
inline constexpr std::size_t kWebSocketReplyBytesMax = std::size_t{64} << 10;  // Pongs, unread.
inline constexpr std::chrono::seconds kWebSocketOpenTimeout{20};  // A client's, from connected on.

}  // namespace twinstorm::asio_net
