// The constants of MQTT 3.1.1 that decoder and writer share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace twinstorm::mqtt {

inline constexpr std::string_view kProtocolName = "MQTT";  // [MQTT-3.1.2-1]
inline constexpr std::uint8_t kProtocolLevel = 4;          // [MQTT-3.1.2-2]
inline constexpr std::uint8_t kQosMax = 2;

// The length of a string or of binary data is said in two bytes, [MQTT-1.5.3].
inline constexpr std::size_t kFieldBytesMax = 65'535;

// The bits of CONNECT's flags, [MQTT-3.1.2.3].
inline constexpr std::uint8_t kReservedFlag = 0x01;
inline constexpr std::uint8_t kCleanSessionFlag = 0x02;
inline constexpr std::uint8_t kWillFlag = 0x04;
inline constexpr std::uint8_t kWillQosFlags = 0x18;
inline constexpr unsigned kWillQosShift = 3;
inline constexpr std::uint8_t kWillRetainFlag = 0x20;
inline constexpr std::uint8_t kPasswordFlag = 0x40;
inline constexpr std::uint8_t kUserNameFlag = 0x80;

// The bits of PUBLISH's fixed header, [MQTT-3.3.1].
inline constexpr std::uint8_t kRetainFlag = 0x01;
inline constexpr unsigned kPublishQosShift = 1;
inline constexpr std::uint8_t kDuplicateFlag = 0x08;

// The reserved flags of PUBREL, SUBSCRIBE and UNSUBSCRIBE, [MQTT-2.2.2-1].
inline constexpr std::uint8_t kAcknowledgedFlags = 0x02;

inline constexpr std::uint8_t kSessionPresentFlag = 0x01;  // CONNACK, [MQTT-3.2.2.1].

}  // namespace twinstorm::mqtt
