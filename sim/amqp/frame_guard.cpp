#include "amqp/frame_guard.h"

#include <string_view>
#include <utility>

#include "amqp/limits.h"

namespace twinstorm::amqp {

namespace {

enum Code : std::uint64_t {
    kOpen = 0x10,
    kBegin = 0x11,
    kAttach = 0x12,
    kFlow = 0x13,
    kTransfer = 0x14,
    kDisposition = 0x15,
    kDetach = 0x16,
    kEnd = 0x17,
    kClose = 0x18,
    kError = 0x1d,
    kSource = 0x28,
    kTarget = 0x29,
};

constexpr std::size_t kFrameHeadBytes = 8;
constexpr std::size_t kDeliveryTagBytesMax = 32;  // [AMQP-2.8.7]

[[nodiscard]] Condition broken(std::string_view name, std::string description) {
    return {std::string(name), std::move(description)};
}

// The types of a composite's fields [AMQP-2.7], a letter each; capitals are mandatory:
// s string, y symbol, b ubyte, h ushort, i uint, l ulong, o boolean, z binary, m map, a one or many
// symbols, d described list, * anything.
[[nodiscard]] std::string_view fields_of(std::uint64_t code) {
    switch (code) {
        case kOpen:
            return "Ssihiaaaam";
        case kBegin:
            return "hIIIiaam";
        case kAttach:
            return "SIObbddmoilaam";
        case kFlow:
            return "iIIIiiiioom";
        case kTransfer:
            return "Iizioobdooo";
        case kDisposition:
            return "OIiodo";
        case kDetach:
            return "Iod";
        case kEnd:
        case kClose:
            return "d";
        case kError:
            return "Ysm";
        case kSource:
            return "siyiomymdaa";
        case kTarget:
            return "siyioma";
        default:
            return {};
    }
}

[[nodiscard]] bool is_symbols(const Value& value) {
    if (value.kind == Value::Kind::kSymbol) {
        return true;
    }
    if (value.kind != Value::Kind::kArray) {
        return false;
    }
    for (const Value& item : value.items) {
        if (item.kind != Value::Kind::kSymbol) {
            return false;
        }
    }
    return true;
}

[[nodiscard]] bool is_unsigned(const Value& value, std::uint8_t width) {
    return value.kind == Value::Kind::kUnsigned && value.width == width;
}

[[nodiscard]] bool is_composite(const Value& value) {
    return value.kind == Value::Kind::kDescribed && is_unsigned(value.items[0], 8) &&
           value.items[1].kind == Value::Kind::kList;
}

[[nodiscard]] bool fields_fit(std::uint64_t code, const Value& fields);

[[nodiscard]] bool fits(char type, const Value& value) {
    switch (type) {
        case 's':
            return value.kind == Value::Kind::kString;
        case 'y':
            return value.kind == Value::Kind::kSymbol;
        case 'b':
            return is_unsigned(value, 1);
        case 'h':
            return is_unsigned(value, 2);
        case 'i':
            return is_unsigned(value, 4);
        case 'l':
            return is_unsigned(value, 8);
        case 'o':
            return value.kind == Value::Kind::kBool;
        case 'z':
            return value.kind == Value::Kind::kBinary;
        case 'm':
            return value.kind == Value::Kind::kMap;
        case 'a':
            return is_symbols(value);
        case 'd':
            return is_composite(value) &&
                   fields_fit(value.items[0].unsigned_number(), value.items[1]);
        default:
            return true;
    }
}

// True also for composites that are not known here: delivery states and filters.
bool fields_fit(std::uint64_t code, const Value& fields) {
    const std::string_view types = fields_of(code);
    if (types.empty()) {
        return true;
    }
    if (fields.items.size() > types.size()) {
        return false;
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
        const Value& value = fields.field(i);
        const bool mandatory = types[i] >= 'A' && types[i] <= 'Z';
        const char type = mandatory ? static_cast<char>(types[i] - 'A' + 'a') : types[i];
        if (value.is_null() ? mandatory : !fits(type, value)) {
            return false;
        }
    }
    return true;
}

[[nodiscard]] std::uint32_t read_u32(std::span<const std::byte> bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value = value << 8 | static_cast<std::uint32_t>(bytes[i]);
    }
    return value;
}

[[nodiscard]] std::uint32_t u32(const Value& value) {
    return static_cast<std::uint32_t>(value.number);
}

}  // namespace

std::optional<std::uint32_t> FrameGuard::frame_bytes(std::span<const std::byte> bytes) {
    if (bytes.size() < 4) {
        return std::nullopt;
    }
    return read_u32(bytes);
}

std::optional<Condition> FrameGuard::check(std::span<const std::byte> frame) {
    if (frame.size() < kFrameHeadBytes || frame.size() > kFrameBytesMax ||
        read_u32(frame) != frame.size()) {
        return broken(condition::kFramingError, "a frame's size is out of bounds");
    }
    const std::size_t head = static_cast<std::size_t>(frame[4]) * 4;  // [AMQP-2.3.1]
    if (head < kFrameHeadBytes || head > frame.size() || frame[5] != std::byte{0}) {
        return broken(condition::kFramingError, "a frame's head is malformed");
    }
    if (closed_) {
        return broken(condition::kFramingError, "a frame follows CLOSE");
    }
    auto body = frame.subspan(head);
    if (body.empty()) {
        return std::nullopt;  // Keeps the connection alive [AMQP-2.4.5].
    }
    const auto channel = static_cast<std::uint16_t>(static_cast<unsigned>(frame[6]) << 8 |
                                                    static_cast<unsigned>(frame[7]));
    const auto performative = decode_value(body);
    if (!performative) {
        return broken(condition::kDecodeError, performative.error().detail);
    }
    if (!is_composite(*performative)) {
        return broken(condition::kDecodeError, "a frame carries no performative");
    }
    const std::uint64_t code = performative->items[0].unsigned_number();
    if (code != kTransfer && !body.empty()) {
        return broken(condition::kDecodeError, "bytes follow a performative");
    }
    return check_performative(channel, code, performative->items[1]);
}

std::optional<Condition> FrameGuard::check_performative(std::uint16_t channel, std::uint64_t code,
                                                        const Value& fields) {
    if (code < kOpen || code > kClose) {
        return broken(condition::kDecodeError, "an unknown performative");
    }
    if (!fields_fit(code, fields)) {
        return broken(condition::kDecodeError, "a performative's fields are of the wrong type");
    }
    if (opened_ == (code == kOpen)) {
        return broken(condition::kNotAllowed, "OPEN comes first, and once");
    }
    if (code == kOpen) {
        return on_open(fields);
    }
    if (code == kClose) {
        closed_ = true;
        return std::nullopt;
    }
    if (code == kBegin) {
        return on_begin(channel, fields);
    }
    const auto session = channels_.find(channel);
    if (session == channels_.end()) {
        return broken(condition::kNotAllowed, "a frame on a channel without a session");
    }
    switch (code) {
        case kAttach:
            return on_attach(session->second, fields);
        case kFlow:
            return on_flow(session->second, fields);
        case kTransfer:
            return on_transfer(session->second, fields);
        case kDetach:
            return on_detach(session->second, fields);
        case kEnd:
            links_ -= session->second.size();
            channels_.erase(session);
            return std::nullopt;
        default:
            return std::nullopt;  // A disposition may name deliveries that are gone.
    }
}

std::optional<Condition> FrameGuard::on_open(const Value& fields) {
    const Value& silence = fields.field(4);
    const std::chrono::milliseconds shortest = kPeerSilenceMin;
    if (!silence.is_null() && silence.number > 0 && silence.number < shortest.count()) {
        return broken(condition::kInvalidField, "the idle time-out asked for is too short");
    }
    opened_ = true;
    return std::nullopt;
}

std::optional<Condition> FrameGuard::on_begin(std::uint16_t channel, const Value& fields) {
    if (channel > kChannelMax) {
        return broken(condition::kFramingError, "a channel over the limit");
    }
    if (!fields.field(0).is_null()) {
        return broken(condition::kNotAllowed, "BEGIN answers a session that was never begun");
    }
    if (!channels_.try_emplace(channel).second) {
        return broken(condition::kNotAllowed, "a channel that has a session already");
    }
    return std::nullopt;
}

std::optional<Condition> FrameGuard::on_attach(Handles& handles, const Value& fields) {
    const std::uint32_t handle = u32(fields.field(1));
    if (handle > kHandleMax) {
        return broken(condition::kFramingError, "a handle over the limit");
    }
    if (links_ >= kLinksMax) {
        return broken(condition::kResourceLimitExceeded, "too many links on one connection");
    }
    const bool peer_sends = !fields.field(2).is_true();
    // [AMQP-2.7.3]: a sender says where it begins to count.
    if (peer_sends && fields.field(9).is_null()) {
        return broken(condition::kInvalidField, "a sender without an initial delivery count");
    }
    if (!handles.try_emplace(handle, Handle{.peer_sends = peer_sends}).second) {
        return broken("amqp:session:handle-in-use", "a handle that has a link already");
    }
    ++links_;
    const auto terminus = [](const Value& value) {
        return value.is_null() ? value : value.items[1];
    };
    attach_ = {.name = fields.field(0).text,
               .peer_sends = peer_sends,
               .source = terminus(fields.field(5)),
               .target = terminus(fields.field(6)),
               .desired_capabilities = fields.field(12),
               .properties = fields.field(13)};
    return std::nullopt;
}

std::optional<Condition> FrameGuard::on_flow(const Handles& handles, const Value& fields) {
    constexpr std::int64_t kCreditMax = 0x7fffffff;  // Proton counts with a sign.
    const Value& handle = fields.field(4);
    if (!handle.is_null() && !handles.contains(u32(handle))) {
        return broken("amqp:session:unattached-handle", "credit for a link that is not attached");
    }
    if (fields.field(6).number > kCreditMax) {
        return broken(condition::kInvalidField, "more credit than can be counted");
    }
    return std::nullopt;
}

std::optional<Condition> FrameGuard::on_transfer(Handles& handles, const Value& fields) {
    const auto link = handles.find(u32(fields.field(0)));
    if (link == handles.end() || !link->second.peer_sends) {
        return broken("amqp:session:unattached-handle", "a transfer on a link that does not send");
    }
    Handle& handle = link->second;
    const Value& id = fields.field(1);
    const Value& tag = fields.field(2);
    if (fields.field(8).is_true()) {
        return broken("amqp:not-implemented", "deliveries are not resumed here");
    }
    if (!handle.unfinished && (id.is_null() || tag.is_null())) {
        return broken(condition::kInvalidField, "a delivery without an id or a tag");
    }
    if (handle.unfinished && !id.is_null() && u32(id) != handle.delivery_id) {
        return broken(condition::kInvalidField, "a delivery begins before the last has ended");
    }
    if (tag.text.size() > kDeliveryTagBytesMax) {
        return broken(condition::kInvalidField, "a delivery's tag is too long");
    }
    if (!handle.unfinished) {
        handle.delivery_id = u32(id);
    }
    const bool aborted = fields.field(9).is_true();
    handle.unfinished = fields.field(5).is_true() && !aborted;
    return std::nullopt;
}

std::optional<Condition> FrameGuard::on_detach(Handles& handles, const Value& fields) {
    if (handles.erase(u32(fields.field(0))) == 0) {
        return broken("amqp:session:unattached-handle", "a link that is not attached");
    }
    --links_;
    return std::nullopt;
}

}  // namespace twinstorm::amqp
