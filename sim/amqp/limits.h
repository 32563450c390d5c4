// Every limit of the AMQP endpoint, by name. Hitting one closes the link or the connection that
// did.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace twinstorm::amqp {

inline constexpr std::size_t kConnectionsMax = 1'000;  // To one service.

// Frames, both ways; what Azure offers.
inline constexpr std::uint32_t kFrameBytesMax = 65'536;
// SASL frames hold a token at most; [AMQP-5.3.1] allows 512 bytes, tokens are longer.
inline constexpr std::uint32_t kSaslFrameBytesMax = 16'384;
inline constexpr std::uint16_t kChannelMax = 63;        // Sessions on a connection, less one.
inline constexpr std::size_t kLinksMax = 256;           // On a connection.
inline constexpr std::size_t kLinksBeforeTokenMax = 8;  // While no token was good yet.
inline constexpr std::uint32_t kHandleMax = 65'535;
inline constexpr std::size_t kTokensMax =
    256;  // On a connection: 403005 IotHubMaxCbsTokenExceeded.

inline constexpr std::size_t kMessageBytesMax = std::size_t{256} << 10;
inline constexpr std::size_t kRequestBytesMax = std::size_t{32} << 10;  // To $cbs, $management.
inline constexpr std::size_t kCloudMessageBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kSessionBytesMax = std::size_t{1} << 20;  // Incoming, per session.

// Decoding: values in one frame or message, and how deep they nest.
inline constexpr std::size_t kValuesMax = 4'096;
inline constexpr int kDepthMax = 16;

inline constexpr int kRequestCredit =
    32;  // Requests and cloud-to-device messages in flight, a link.
inline constexpr std::size_t kAnswersMax = 256;  // Waiting for credit, a link.

// A reader of events: read ahead, sent but not yet written, sent but not yet settled.
inline constexpr std::size_t kBatchEventsMax = 256;
inline constexpr std::size_t kBatchBytesMax = std::size_t{256} << 10;
inline constexpr std::size_t kSendAheadBytesMax = std::size_t{512} << 10;
inline constexpr int kUnsettledMax = 5'000;
inline constexpr std::size_t kTurnBytesMax = std::size_t{256} << 10;  // One write.
inline constexpr std::size_t kReadersMax = 5;  // Without an epoch, per partition and group.
inline constexpr std::size_t kNoticesUnsettledMax = 16;  // Locked by one receiver.

inline constexpr std::chrono::seconds kHandshakeMax{30};  // From the first byte's chance to OPEN.
inline constexpr std::chrono::seconds kUnusedMax{300};    // Without a link or without a good token.
inline constexpr std::chrono::seconds kSilenceMax{240};   // Half of it is announced in OPEN.
inline constexpr std::chrono::milliseconds kPeerSilenceMin{1'000};  // Shorter ones are refused.
// Between the attach and the detach of a redirected link: clients that wait for the one before they
// listen for the other would miss it in the same packet.
inline constexpr std::chrono::milliseconds kRedirectDelay{50};
inline constexpr std::chrono::seconds kCloseMax{5};  // For the peer's CLOSE after ours.

}  // namespace twinstorm::amqp
