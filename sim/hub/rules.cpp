#include "hub/rules.h"

namespace twinstorm::hub {

std::string_view name(Refusal refusal) {
    switch (refusal) {
        case Refusal::kProtocolLevel:
            return "protocol-level";
        case Refusal::kUserName:
            return "user-name";
        case Refusal::kHostName:
            return "host-name";
        case Refusal::kClientId:
            return "client-id";
        case Refusal::kWillTopic:
            return "will-topic";
        case Refusal::kUnknownIdentity:
            return "unknown-identity";
        case Refusal::kDisabled:
            return "disabled";
        case Refusal::kNoToken:
            return "no-token";
        case Refusal::kTokenMalformed:
            return "token-malformed";
        case Refusal::kTokenExpired:
            return "token-expired";
        case Refusal::kTokenScope:
            return "token-scope";
        case Refusal::kTokenSignature:
            return "token-signature";
        case Refusal::kTokenPolicy:
            return "token-policy";
        case Refusal::kNotSas:
            return "not-sas";
        case Refusal::kNotX509:
            return "not-x509";
        case Refusal::kCertificateMalformed:
            return "certificate-malformed";
        case Refusal::kCertificateThumbprint:
            return "certificate-thumbprint";
        case Refusal::kCertificateChain:
            return "certificate-chain";
        case Refusal::kCertificateName:
            return "certificate-name";
        case Refusal::kConnectsThrottled:
            return "connects-throttled";
        case Refusal::kFaultOnDemand:
            return "fault";
    }
    return "unknown";
}

std::string_view name(Drop drop) {
    switch (drop) {
        case Drop::kMalformedPacket:
            return "malformed-packet";
        case Drop::kConnectExpected:
            return "connect-expected";
        case Drop::kConnectTimeout:
            return "connect-timeout";
        case Drop::kSecondConnect:
            return "second-connect";
        case Drop::kKeepAlive:
            return "keep-alive";
        case Drop::kTokenExpired:
            return "token-expired";
        case Drop::kTakenOver:
            return "taken-over";
        case Drop::kIdentityDisabled:
            return "identity-disabled";
        case Drop::kIdentityDeleted:
            return "identity-deleted";
        case Drop::kQos2:
            return "qos-2";
        case Drop::kUnknownTopic:
            return "unknown-topic";
        case Drop::kForeignTopic:
            return "foreign-topic";
        case Drop::kPropertyBag:
            return "property-bag";
        case Drop::kMessageTooLarge:
            return "message-too-large";
        case Drop::kRequestId:
            return "request-id";
        case Drop::kUnknownFilter:
            return "unknown-filter";
        case Drop::kTooManySubscriptions:
            return "too-many-subscriptions";
        case Drop::kUnexpectedPacket:
            return "unexpected-packet";
        case Drop::kOutgoingFull:
            return "outgoing-full";
        case Drop::kThrottled:
            return "throttled";
        case Drop::kQuota:
            return "quota";
        case Drop::kFault:
            return "fault";
    }
    return "unknown";
}

RuleCounts& RuleCounts::operator+=(const RuleCounts& other) {
    for (std::size_t i = 0; i < kRefusals; ++i) {
        refusals_[i] += other.refusals_[i];
    }
    for (std::size_t i = 0; i < kDrops; ++i) {
        drops_[i] += other.drops_[i];
    }
    return *this;
}

}  // namespace twinstorm::hub
