// Every way in which bytes fail to be an MQTT 3.1.1 packet, each with the clause it breaks.
#pragma once

#include <string_view>

namespace twinstorm::mqtt {

enum class Malformation {
    kReservedType,             // Types 0 and 15, [MQTT-2.2.1].
    kFixedHeaderFlags,         // [MQTT-2.2.2-2]
    kRemainingLengthTooLong,   // More than four bytes, [MQTT-2.2.3].
    kPacketTooLarge,           // Over the reader's own limit.
    kTruncated,                // The packet ends inside a field.
    kTrailingBytes,            // Bytes are left after the last field.
    kProtocolName,             // [MQTT-3.1.2-1]
    kConnectReservedFlag,      // [MQTT-3.1.2-3]
    kWillFlags,                // [MQTT-3.1.2-11], [MQTT-3.1.2-13], [MQTT-3.1.2-15]
    kWillQos,                  // [MQTT-3.1.2-14]
    kPasswordWithoutUserName,  // [MQTT-3.1.2-22]
    kInvalidUtf8,              // [MQTT-1.5.3-1]
    kNullCharacter,            // [MQTT-1.5.3-2]
    kEmptyClientId,            // Without a clean session, [MQTT-3.1.3-7].
    kConnAckFlags,  // Reserved bits, [MQTT-3.2.2.1]; a session with a refusal, [MQTT-3.2.2-4].
    kConnAckCode,   // A code above 5, [MQTT-3.2.2.3].
    kPublishQos,    // QoS 3, [MQTT-3.3.1-4].
    kPublishDuplicateQos0,  // [MQTT-3.3.1-2]
    kEmptyTopic,            // [MQTT-4.7.3-1]
    kWildcardInTopic,       // [MQTT-3.3.2-2], [MQTT-4.7.1-1]
    kPacketIdZero,          // [MQTT-2.3.1-1]; in acknowledgements it can answer no packet.
    kNoSubscriptions,       // [MQTT-3.8.3-3], [MQTT-3.10.3-2]; in SUBACK no code, [MQTT-3.8.4-5].
    kSubscribeQos,          // [MQTT-3-8.3-4] (the standard's own spelling).
    kBadFilter,             // [MQTT-4.7.1-2], [MQTT-4.7.1-3]
    kSubAckCode,            // [MQTT-3.9.3-2]
};

// What is wrong, with the clause in brackets: for logs and errors.
[[nodiscard]] std::string_view describe(Malformation malformation);

}  // namespace twinstorm::mqtt
