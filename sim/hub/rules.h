// Why the hub refuses a CONNECT or ends a connection, and how often it did.
//
// Use:    every refusal and every drop names one rule; status and log lines show the same names.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace twinstorm::hub {

enum class Refusal : std::uint8_t {
    kProtocolLevel,  // Not MQTT 3.1.1, [MQTT-3.1.2-2].
    kUserName,       // None, or not `{host}/{d}[/{m}]/?...`.
    kHostName,       // The user name is for another hub.
    kClientId,       // Not the identity of the user name.
    kWillTopic,      // Not the identity's own telemetry topic.
    kUnknownIdentity,
    kDisabled,  // The device, or the device of this module.
    kNoToken,   // And no certificate.
    kTokenMalformed,
    kTokenExpired,
    kTokenScope,  // `sr` does not cover the identity.
    kTokenSignature,
    kTokenPolicy,  // Unknown, or without the right DeviceConnect.
    kNotSas,       // The identity's authentication type takes no token of its own.
    kNotX509,      // Nor a certificate.
    kCertificateMalformed,
    kCertificateThumbprint,  // Neither the primary nor the secondary one.
    kCertificateChain,       // Leads to none of the hub's CAs, or has expired.
    kCertificateName,        // The common name is not the client id.
    kConnectsThrottled,
    kFaultOnDemand,
};
inline constexpr std::size_t kRefusals = 21;

enum class Drop : std::uint8_t {
    kMalformedPacket,
    kConnectExpected,  // Another packet before CONNECT, [MQTT-3.1.0-1].
    kConnectTimeout,
    kSecondConnect,  // [MQTT-3.1.0-2]
    kKeepAlive,      // [MQTT-3.1.2-24]
    kTokenExpired,
    kTakenOver,  // A newer connection of the same identity, [MQTT-3.1.4-2].
    kIdentityDisabled,
    kIdentityDeleted,
    kQos2,  // The hub takes QoS 0 and 1 only.
    kUnknownTopic,
    kForeignTopic,  // Telemetry in the name of another identity.
    kPropertyBag,
    kMessageTooLarge,
    kRequestId,
    kUnknownFilter,
    kTooManySubscriptions,
    kUnexpectedPacket,  // One that only a server sends, or of the QoS 2 exchange.
    kOutgoingFull,
    kThrottled,  // Its queue is full: a device cannot be told, so its connection ends.
    kQuota,      // The day's messages are used up.
    kFault,      // On demand.
};
inline constexpr std::size_t kDrops = 22;

// As in log lines and in /admin/status: `token-expired`.
[[nodiscard]] std::string_view name(Refusal refusal);
[[nodiscard]] std::string_view name(Drop drop);

class RuleCounts {
public:
    void count(Refusal refusal) { ++refusals_[static_cast<std::size_t>(refusal)]; }
    void count(Drop drop) { ++drops_[static_cast<std::size_t>(drop)]; }

    [[nodiscard]] std::uint64_t of(Refusal refusal) const {
        return refusals_[static_cast<std::size_t>(refusal)];
    }
    [[nodiscard]] std::uint64_t of(Drop drop) const {
        return drops_[static_cast<std::size_t>(drop)];
    }

    RuleCounts& operator+=(const RuleCounts& other);

private:
    std::array<std::uint64_t, kRefusals> refusals_{};
    std::array<std::uint64_t, kDrops> drops_{};
};

}  // namespace twinstorm::hub
