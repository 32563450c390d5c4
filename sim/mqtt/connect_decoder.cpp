#include "mqtt/connect_decoder.h"

#include "mqtt/protocol.h"

namespace twinstorm::mqtt {
namespace {

std::uint8_t will_qos(std::uint8_t flags) {
    return static_cast<std::uint8_t>((flags & kWillQosFlags) >> kWillQosShift);
}

void check_flags(Cursor& cursor, std::uint8_t flags) {
    cursor.require((flags & kReservedFlag) == 0, Malformation::kConnectReservedFlag);
    if ((flags & kWillFlag) != 0) {
        cursor.require(will_qos(flags) <= kQosMax, Malformation::kWillQos);
    } else {
        cursor.require((flags & (kWillQosFlags | kWillRetainFlag)) == 0, Malformation::kWillFlags);
    }
    const bool password_alone = (flags & kPasswordFlag) != 0 && (flags & kUserNameFlag) == 0;
    cursor.require(!password_alone, Malformation::kPasswordWithoutUserName);
}

Will decode_will(Cursor& cursor, std::uint8_t flags) {
    Will will;
    will.topic = cursor.topic_name();
    will.message = cursor.binary();
    will.qos = will_qos(flags);
    will.retain = (flags & kWillRetainFlag) != 0;
    return will;
}

// The payload, in the order that [MQTT-3.1.3-1] fixes.
void decode_payload(Cursor& cursor, std::uint8_t flags, Connect& connect) {
    connect.client_id = cursor.text();
    cursor.require(!connect.client_id.empty() || connect.clean_session,
                   Malformation::kEmptyClientId);
    if ((flags & kWillFlag) != 0) {
        connect.will = decode_will(cursor, flags);
    }
    if ((flags & kUserNameFlag) != 0) {
        connect.user_name = cursor.text();
    }
    if ((flags & kPasswordFlag) != 0) {
        connect.password = cursor.binary();
    }
}

}  // namespace

Connect decode_connect(Cursor& cursor) {
    Connect connect;
    const Bytes name = cursor.binary();
    const std::string_view name_text(reinterpret_cast<const char*>(name.data()), name.size());
    cursor.require(name_text == kProtocolName, Malformation::kProtocolName);
    connect.level = cursor.byte();
    if (connect.level != kProtocolLevel) {
        cursor.rest();  // Its form is unknown here; a server answers CONNACK 1, [MQTT-3.1.2-2].
        return connect;
    }
    const std::uint8_t flags = cursor.byte();
    check_flags(cursor, flags);
    connect.clean_session = (flags & kCleanSessionFlag) != 0;
    connect.keep_alive = cursor.word();
    decode_payload(cursor, flags, connect);
    return connect;
}

}  // namespace twinstorm::mqtt
