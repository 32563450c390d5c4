// The two to five bytes that open every packet, [MQTT-2.2].
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "twinstorm/mqtt/malformation.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::mqtt {

// Plain fields, not an expected optional: that goes through memory in halves, and the stall takes
// longer than the parsing.
struct FixedHeader {
    std::optional<Malformation> malformation;
    bool complete = false;  // Else more bytes are needed, unless it is malformed.
    PacketType type = PacketType::kPingReq;
    std::uint8_t flags = 0;
    std::size_t header_bytes = 0;
    std::size_t remaining_bytes = 0;

    [[nodiscard]] std::size_t packet_bytes() const { return header_bytes + remaining_bytes; }
};

namespace detail {

inline constexpr std::size_t kLengthBytesMax = 4;  // [MQTT-2.2.3]
inline constexpr unsigned kTypes = 16;

// Flags that a type must carry, [MQTT-2.2.2-1]; those of PUBLISH have a meaning of their own.
inline constexpr std::array<std::uint8_t, kTypes> kFlags = {0, 0, 0, 0, 0, 0, 2, 0,
                                                            2, 0, 2, 0, 0, 0, 0, 0};

[[nodiscard]] inline std::optional<Malformation> check_publish_flags(std::uint8_t flags) {
    const unsigned qos = (flags >> 1) & 3U;
    const bool duplicate = (flags & 8U) != 0;
    if (qos == 3) {
        return Malformation::kPublishQos;
    }
    if (qos == 0 && duplicate) {
        return Malformation::kPublishDuplicateQos0;
    }
    return std::nullopt;
}

[[nodiscard]] inline std::optional<Malformation> check_first_byte(unsigned type,
                                                                  std::uint8_t flags) {
    if (type == 0 || type == kTypes - 1) {
        return Malformation::kReservedType;
    }
    if (type == static_cast<unsigned>(PacketType::kPublish)) {
        return check_publish_flags(flags);
    }
    if (flags != kFlags[type]) {
        return Malformation::kFixedHeaderFlags;
    }
    return std::nullopt;
}

}  // namespace detail

// What is wrong is told as soon as its byte is there, so that the answer does not depend on how the
// stream was cut.
[[nodiscard]] inline FixedHeader parse_fixed_header(Bytes bytes) {
    FixedHeader header;
    if (bytes.empty()) {
        return header;
    }
    const auto first = std::to_integer<unsigned>(bytes[0]);
    header.flags = static_cast<std::uint8_t>(first & 0x0FU);
    header.malformation = detail::check_first_byte(first >> 4, header.flags);
    if (header.malformation) {
        return header;
    }
    header.type = static_cast<PacketType>(first >> 4);
    for (std::size_t index = 1; index < bytes.size(); ++index) {
        const auto byte = std::to_integer<std::size_t>(bytes[index]);
        header.remaining_bytes |= (byte & 0x7FU) << (7 * (index - 1));
        if ((byte & 0x80U) == 0) {
            header.header_bytes = index + 1;
            header.complete = true;
            return header;
        }
        if (index == detail::kLengthBytesMax) {
            header.malformation = Malformation::kRemainingLengthTooLong;
            return header;
        }
    }
    return header;
}

}  // namespace twinstorm::mqtt
