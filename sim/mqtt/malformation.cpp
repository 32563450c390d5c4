#include "twinstorm/mqtt/malformation.h"

namespace twinstorm::mqtt {

// Long by its nature: one row for each malformation.
std::string_view describe(Malformation malformation) {
    switch (malformation) {
        case Malformation::kReservedType:
            return "packet type 0 or 15 is reserved [MQTT-2.2.1]";
        case Malformation::kFixedHeaderFlags:
            return "the fixed header's flags do not fit the packet type [MQTT-2.2.2-2]";
        case Malformation::kRemainingLengthTooLong:
            return "the remaining length takes more than four bytes [MQTT-2.2.3]";
        case Malformation::kPacketTooLarge:
            return "the packet is larger than this side accepts";
        case Malformation::kTruncated:
            return "the packet ends inside a field [MQTT-2.2.3]";
        case Malformation::kTrailingBytes:
            return "bytes are left after the packet's last field [MQTT-2.2.3]";
        case Malformation::kProtocolName:
            return "the protocol name is not MQTT [MQTT-3.1.2-1]";
        case Malformation::kConnectReservedFlag:
            return "the reserved flag of CONNECT is set [MQTT-3.1.2-3]";
        case Malformation::kWillFlags:
            return "will QoS or will retain is set without a will [MQTT-3.1.2-11]";
        case Malformation::kWillQos:
            return "the will asks for QoS 3 [MQTT-3.1.2-14]";
        case Malformation::kPasswordWithoutUserName:
            return "CONNECT has a password but no user name [MQTT-3.1.2-22]";
        case Malformation::kInvalidUtf8:
            return "a string is not well-formed UTF-8 [MQTT-1.5.3-1]";
        case Malformation::kNullCharacter:
            return "a string holds the null character [MQTT-1.5.3-2]";
        case Malformation::kEmptyClientId:
            return "the client identifier is empty without a clean session [MQTT-3.1.3-7]";
        case Malformation::kConnAckFlags:
            return "CONNACK has reserved flags set, or refuses with a session [MQTT-3.2.2-4]";
        case Malformation::kConnAckCode:
            return "the return code of CONNACK is above 5 [MQTT-3.2.2.3]";
        case Malformation::kPublishQos:
            return "PUBLISH has QoS 3 [MQTT-3.3.1-4]";
        case Malformation::kPublishDuplicateQos0:
            return "PUBLISH with QoS 0 is marked as a duplicate [MQTT-3.3.1-2]";
        case Malformation::kEmptyTopic:
            return "a topic name or filter is empty [MQTT-4.7.3-1]";
        case Malformation::kWildcardInTopic:
            return "a topic name holds a wildcard [MQTT-3.3.2-2]";
        case Malformation::kPacketIdZero:
            return "the packet identifier is 0 [MQTT-2.3.1-1]";
        case Malformation::kNoSubscriptions:
            return "the packet lists no filter or return code [MQTT-3.8.3-3] [MQTT-3.10.3-2]";
        case Malformation::kSubscribeQos:
            return "a subscription asks for more than QoS 2 [MQTT-3-8.3-4]";
        case Malformation::kBadFilter:
            return "a wildcard does not stand for a whole level, or '#' is not the last "
                   "[MQTT-4.7.1-2] [MQTT-4.7.1-3]";
        case Malformation::kSubAckCode:
            return "a return code of SUBACK is none of 0, 1, 2, 128 [MQTT-3.9.3-2]";
    }
    return "unknown malformation";
}

}  // namespace twinstorm::mqtt
