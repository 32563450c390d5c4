#include "mqtt/decoder.h"

#include "mqtt/connect_decoder.h"
#include "mqtt/cursor.h"
#include "mqtt/protocol.h"
#include "twinstorm/base/check.h"

namespace twinstorm::mqtt {
namespace {

ConnAck decode_connack(Cursor& cursor) {
    const std::uint8_t flags = cursor.byte();
    const std::uint8_t code = cursor.byte();
    cursor.require((flags & ~kSessionPresentFlag) == 0, Malformation::kConnAckFlags);
    cursor.require(code <= static_cast<std::uint8_t>(ConnectCode::kNotAuthorized),
                   Malformation::kConnAckCode);
    // A refusal finds no session, [MQTT-3.2.2-4].
    cursor.require(flags == 0 || code == 0, Malformation::kConnAckFlags);
    return {.session_present = flags != 0, .code = static_cast<ConnectCode>(code)};
}

Publish decode_publish(Cursor& cursor, std::uint8_t flags) {
    Publish publish;
    publish.qos = static_cast<std::uint8_t>((flags >> kPublishQosShift) & 3U);
    publish.retain = (flags & kRetainFlag) != 0;
    publish.duplicate = (flags & kDuplicateFlag) != 0;
    publish.topic = cursor.topic_name();
    if (publish.qos > 0) {
        publish.packet_id = cursor.packet_id();
    }
    publish.payload = cursor.rest();
    return publish;
}

Subscribe decode_subscribe(Cursor& cursor) {
    const std::uint16_t packet_id = cursor.packet_id();
    const Bytes encoded = cursor.remaining();
    std::size_t size = 0;
    for (; !cursor.empty(); ++size) {
        cursor.filter();
        cursor.require(cursor.byte() <= kQosMax, Malformation::kSubscribeQos);
    }
    cursor.require(size > 0, Malformation::kNoSubscriptions);
    return {packet_id, PackedList<Subscription>(encoded, size)};
}

Unsubscribe decode_unsubscribe(Cursor& cursor) {
    const std::uint16_t packet_id = cursor.packet_id();
    const Bytes encoded = cursor.remaining();
    std::size_t size = 0;
    for (; !cursor.empty(); ++size) {
        cursor.filter();
    }
    cursor.require(size > 0, Malformation::kNoSubscriptions);
    return {packet_id, PackedList<std::string_view>(encoded, size)};
}

SubAck decode_suback(Cursor& cursor) {
    SubAck suback;
    suback.packet_id = cursor.packet_id();
    suback.codes = cursor.rest();
    cursor.require(!suback.codes.empty(), Malformation::kNoSubscriptions);
    for (const std::byte code : suback.codes) {
        const auto value = std::to_integer<std::uint8_t>(code);
        cursor.require(value <= kQosMax || value == SubAck::kFailure, Malformation::kSubAckCode);
    }
    return suback;
}

// What the cursor has found wrong, or the packet.
template <class Type>
Reader::Next finish(const Cursor& cursor, const Type& packet) {
    if (const auto failure = cursor.failure()) [[unlikely]] {
        return tl::unexpected(*failure);
    }
    if (!cursor.empty()) [[unlikely]] {
        return tl::unexpected(Malformation::kTrailingBytes);
    }
    return Reader::Next(tl::in_place, std::in_place, std::in_place_type<Type>, packet);
}

template <class Type>
Reader::Next decode_acknowledgement(Cursor& cursor) {
    return finish(cursor, Type{cursor.packet_id()});
}

}  // namespace

Reader::Next decode_body(const FixedHeader& header, Bytes body) {
    Cursor cursor(body);
    switch (header.type) {
        case PacketType::kConnect:
            return finish(cursor, decode_connect(cursor));
        case PacketType::kConnAck:
            return finish(cursor, decode_connack(cursor));
        case PacketType::kPublish:
            return finish(cursor, decode_publish(cursor, header.flags));
        case PacketType::kPubAck:
            return decode_acknowledgement<PubAck>(cursor);
        case PacketType::kPubRec:
            return decode_acknowledgement<PubRec>(cursor);
        case PacketType::kPubRel:
            return decode_acknowledgement<PubRel>(cursor);
        case PacketType::kPubComp:
            return decode_acknowledgement<PubComp>(cursor);
        case PacketType::kSubscribe:
            return finish(cursor, decode_subscribe(cursor));
        case PacketType::kSubAck:
            return finish(cursor, decode_suback(cursor));
        case PacketType::kUnsubscribe:
            return finish(cursor, decode_unsubscribe(cursor));
        case PacketType::kUnsubAck:
            return decode_acknowledgement<UnsubAck>(cursor);
        case PacketType::kPingReq:
            return finish(cursor, PingReq{});
        case PacketType::kPingResp:
            return finish(cursor, PingResp{});
        case PacketType::kDisconnect:
            return finish(cursor, Disconnect{});
    }
    TWINSTORM_CHECK(false);  // The fixed header admits no other type.
    return std::nullopt;
}

tl::expected<Packet, Malformation> decode(Bytes packet) {
    const FixedHeader header = parse_fixed_header(packet);
    if (header.malformation) {
        return tl::unexpected(*header.malformation);
    }
    if (!header.complete || packet.size() < header.packet_bytes()) {
        return tl::unexpected(Malformation::kTruncated);
    }
    if (packet.size() > header.packet_bytes()) {
        return tl::unexpected(Malformation::kTrailingBytes);
    }
    const auto decoded = decode_body(header, packet.subspan(header.header_bytes));
    if (!decoded) {
        return tl::unexpected(decoded.error());
    }
    return **decoded;
}

}  // namespace twinstorm::mqtt
