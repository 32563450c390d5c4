#include "twinstorm/mqtt/writer.h"

#include <algorithm>
#include <cstring>

#include "mqtt/protocol.h"
#include "twinstorm/base/check.h"

namespace twinstorm::mqtt {
namespace {

constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kPacketIdBytes = 2;
constexpr std::size_t kConnectHeaderBytes = 10;  // Name, level, flags and keep-alive.

std::size_t length_bytes(std::size_t remaining) {
    return remaining < 128 ? 1 : remaining < 16'384 ? 2 : remaining < 2'097'152 ? 3 : 4;
}

std::size_t field_bytes(std::size_t size) {
    TWINSTORM_CHECK(size <= kFieldBytesMax);
    return kLengthBytes + size;
}

std::size_t topic_bytes(std::string_view topic) {
    TWINSTORM_CHECK(!topic.empty());
    return field_bytes(topic.size());
}

void check_packet_id(std::uint16_t packet_id) {
    TWINSTORM_CHECK(packet_id != 0);
}

// Makes room for a packet by doubling, since a packet is rarely the last of its buffer.
void grow_for(std::vector<std::byte>& out, std::size_t size) {
    const std::size_t needed = out.size() + size;
    if (needed > out.capacity()) {
        out.reserve(std::max(needed, 2 * out.capacity()));
    }
}

// Fills bytes that are already part of the buffer.
class Pen {
public:
    // Starts a packet: room for all of it, its fixed header, and `unwritten` bytes of the remaining
    // length left for the caller to append.
    Pen(std::vector<std::byte>& out, PacketType type, unsigned flags, std::size_t remaining,
        std::size_t unwritten = 0) {
        TWINSTORM_CHECK(remaining <= kRemainingLengthMax);
        const std::size_t size = 1 + length_bytes(remaining) + remaining;
        grow_for(out, size);
        const std::size_t start = out.size();
        out.resize(start + size - unwritten);
        at_ = out.data() + start;
        end_ = out.data() + out.size();
        byte(static_cast<unsigned>(type) << 4 | flags);
        remaining_length(remaining);
    }

    ~Pen() { TWINSTORM_CHECK(at_ == end_); }  // A packet is as long as its header says.
    Pen(const Pen&) = delete;
    Pen& operator=(const Pen&) = delete;

    void byte(unsigned value) { *at_++ = static_cast<std::byte>(value); }

    void word(std::size_t value) {
        byte(static_cast<unsigned>(value >> 8));
        byte(static_cast<unsigned>(value & 0xFF));
    }

    void raw(const void* data, std::size_t size) {
        if (size > 0) {
            std::memcpy(at_, data, size);
            at_ += size;
        }
    }

    void field(std::string_view text) {
        word(text.size());
        raw(text.data(), text.size());
    }

    void field(Bytes bytes) {
        word(bytes.size());
        raw(bytes.data(), bytes.size());
    }

private:
    void remaining_length(std::size_t remaining) {
        for (; remaining >= 128; remaining >>= 7) {
            byte(static_cast<unsigned>(remaining & 0x7F) | 0x80);
        }
        byte(static_cast<unsigned>(remaining));
    }

    std::byte* at_ = nullptr;
    std::byte* end_ = nullptr;
};

void write_acknowledgement(std::vector<std::byte>& out, PacketType type, unsigned flags,
                           std::uint16_t packet_id) {
    check_packet_id(packet_id);
    Pen pen(out, type, flags, kPacketIdBytes);
    pen.word(packet_id);
}

void write_empty(std::vector<std::byte>& out, PacketType type) {
    const Pen pen(out, type, 0, 0);
}

std::size_t connect_remaining(const Connect& packet) {
    std::size_t size = kConnectHeaderBytes + field_bytes(packet.client_id.size());
    if (packet.will) {
        size += topic_bytes(packet.will->topic) + field_bytes(packet.will->message.size());
    }
    if (packet.user_name) {
        size += field_bytes(packet.user_name->size());
    }
    if (packet.password) {
        size += field_bytes(packet.password->size());
    }
    return size;
}

unsigned connect_flags(const Connect& packet) {
    unsigned flags = packet.clean_session ? kCleanSessionFlag : 0U;
    if (packet.will) {
        TWINSTORM_CHECK(packet.will->qos <= kQosMax);
        flags |= kWillFlag | unsigned{packet.will->qos} << kWillQosShift;
        flags |= packet.will->retain ? kWillRetainFlag : 0U;
    }
    flags |= packet.user_name ? kUserNameFlag : 0U;
    flags |= packet.password ? kPasswordFlag : 0U;
    return flags;
}

std::size_t publish_remaining(const Publish& packet) {
    const std::size_t packet_id_bytes = packet.qos > 0 ? kPacketIdBytes : 0;
    return topic_bytes(packet.topic) + packet_id_bytes + packet.payload.size();
}

unsigned publish_flags(const Publish& packet) {
    return (packet.retain ? kRetainFlag : 0U) | unsigned{packet.qos} << kPublishQosShift |
           (packet.duplicate ? kDuplicateFlag : 0U);
}

}  // namespace

void write(std::vector<std::byte>& out, const Connect& packet) {
    TWINSTORM_CHECK(packet.user_name || !packet.password);               // [MQTT-3.1.2-22]
    TWINSTORM_CHECK(packet.clean_session || !packet.client_id.empty());  // [MQTT-3.1.3-7]
    Pen pen(out, PacketType::kConnect, 0, connect_remaining(packet));
    pen.field(kProtocolName);
    pen.byte(packet.level);
    pen.byte(connect_flags(packet));
    pen.word(packet.keep_alive);
    pen.field(packet.client_id);
    if (packet.will) {
        pen.field(packet.will->topic);
        pen.field(packet.will->message);
    }
    if (packet.user_name) {
        pen.field(*packet.user_name);
    }
    if (packet.password) {
        pen.field(*packet.password);
    }
}

void write(std::vector<std::byte>& out, const ConnAck& packet) {
    TWINSTORM_CHECK(packet.code <= ConnectCode::kNotAuthorized);
    TWINSTORM_CHECK(!packet.session_present || packet.code == ConnectCode::kAccepted);
    Pen pen(out, PacketType::kConnAck, 0, 2);
    pen.byte(packet.session_present ? kSessionPresentFlag : 0U);
    pen.byte(static_cast<unsigned>(packet.code));
}

void write(std::vector<std::byte>& out, const Publish& packet) {
    TWINSTORM_CHECK(packet.qos <= kQosMax);
    TWINSTORM_CHECK((packet.qos > 0) == (packet.packet_id != 0));  // [MQTT-2.3.1-1], [MQTT-2.3.1-5]
    TWINSTORM_CHECK(packet.qos > 0 || !packet.duplicate);          // [MQTT-3.3.1-2]
    {
        Pen pen(out, PacketType::kPublish, publish_flags(packet), publish_remaining(packet),
                packet.payload.size());
        pen.field(packet.topic);
        if (packet.qos > 0) {
            pen.word(packet.packet_id);
        }
    }
    // Appended, not written in place, so that a large payload is not zeroed first.
    out.insert(out.end(), packet.payload.begin(), packet.payload.end());
}

void write(std::vector<std::byte>& out, const PubAck& packet) {
    write_acknowledgement(out, PacketType::kPubAck, 0, packet.packet_id);
}

void write(std::vector<std::byte>& out, const PubRec& packet) {
    write_acknowledgement(out, PacketType::kPubRec, 0, packet.packet_id);
}

void write(std::vector<std::byte>& out, const PubRel& packet) {
    write_acknowledgement(out, PacketType::kPubRel, kAcknowledgedFlags, packet.packet_id);
}

void write(std::vector<std::byte>& out, const PubComp& packet) {
    write_acknowledgement(out, PacketType::kPubComp, 0, packet.packet_id);
}

void write(std::vector<std::byte>& out, const SubAck& packet) {
    check_packet_id(packet.packet_id);
    TWINSTORM_CHECK(!packet.codes.empty());
    Pen pen(out, PacketType::kSubAck, 0, kPacketIdBytes + packet.codes.size());
    pen.word(packet.packet_id);
    for (const std::byte code : packet.codes) {
        const auto value = std::to_integer<std::uint8_t>(code);
        TWINSTORM_CHECK(value <= kQosMax || value == SubAck::kFailure);
        pen.byte(value);
    }
}

void write(std::vector<std::byte>& out, const UnsubAck& packet) {
    write_acknowledgement(out, PacketType::kUnsubAck, 0, packet.packet_id);
}

void write(std::vector<std::byte>& out, const PingReq&) {
    write_empty(out, PacketType::kPingReq);
}

void write(std::vector<std::byte>& out, const PingResp&) {
    write_empty(out, PacketType::kPingResp);
}

void write(std::vector<std::byte>& out, const Disconnect&) {
    write_empty(out, PacketType::kDisconnect);
}

void write_subscribe(std::vector<std::byte>& out, std::uint16_t packet_id,
                     std::span<const Subscription> subscriptions) {
    check_packet_id(packet_id);
    TWINSTORM_CHECK(!subscriptions.empty());  // [MQTT-3.8.3-3]
    std::size_t remaining = kPacketIdBytes;
    for (const Subscription& subscription : subscriptions) {
        TWINSTORM_CHECK(subscription.qos <= kQosMax);
        remaining += topic_bytes(subscription.filter) + 1;
    }
    Pen pen(out, PacketType::kSubscribe, kAcknowledgedFlags, remaining);
    pen.word(packet_id);
    for (const Subscription& subscription : subscriptions) {
        pen.field(subscription.filter);
        pen.byte(subscription.qos);
    }
}

void write_unsubscribe(std::vector<std::byte>& out, std::uint16_t packet_id,
                       std::span<const std::string_view> filters) {
    check_packet_id(packet_id);
    TWINSTORM_CHECK(!filters.empty());  // [MQTT-3.10.3-2]
    std::size_t remaining = kPacketIdBytes;
    for (const std::string_view filter : filters) {
        remaining += topic_bytes(filter);
    }
    Pen pen(out, PacketType::kUnsubscribe, kAcknowledgedFlags, remaining);
    pen.word(packet_id);
    for (const std::string_view filter : filters) {
        pen.field(filter);
    }
}

std::size_t encoded_size(const Publish& packet) {
    const std::size_t remaining = publish_remaining(packet);
    return 1 + length_bytes(remaining) + remaining;
}

}  // namespace twinstorm::mqtt
