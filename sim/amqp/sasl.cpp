#include "amqp/sasl.h"

#include <cstdint>

#include "amqp/encoder.h"
#include "amqp/value.h"

namespace twinstorm::amqp {

namespace {

constexpr std::byte kSaslFrameType{1};  // [AMQP-5.3.1]
constexpr std::size_t kFrameHeadBytes = 8;
constexpr std::uint8_t kMechanismsCode = 0x40;
constexpr std::uint8_t kInitCode = 0x41;
constexpr std::uint8_t kOutcomeCode = 0x44;

// Appends a frame whose body `put_body` writes.
template <class PutBody>
void put_frame(Buffer& out, PutBody put_body) {
    Buffer body;
    Encoder encoder(body);
    put_body(encoder);
    const std::size_t size = kFrameHeadBytes + body.size();
    for (int shift = 24; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::byte>(size >> shift & 0xff));
    }
    out.push_back(std::byte{kFrameHeadBytes / 4});
    out.push_back(kSaslFrameType);
    out.resize(out.size() + 2);
    out.insert(out.end(), body.begin(), body.end());
}

// [RFC 4616]: [authorization id] NUL user NUL password.
[[nodiscard]] Result<SaslInit> read_plain(std::string_view response) {
    const std::size_t first = response.find('\0');
    const std::size_t second =
        first == std::string_view::npos ? first : response.find('\0', first + 1);
    if (second == std::string_view::npos) {
        return fail(ErrorCode::kMalformedPacket, "SASL PLAIN without user and password");
    }
    return SaslInit{.anonymous = false,
                    .user = std::string(response.substr(first + 1, second - first - 1)),
                    .password = std::string(response.substr(second + 1))};
}

}  // namespace

void put_sasl_mechanisms(Buffer& out) {
    put_frame(out, [](Encoder& encoder) {
        encoder.descriptor(kMechanismsCode);
        encoder.begin_list();
        encoder.symbol_array({"ANONYMOUS", "PLAIN"});
        encoder.end();
    });
}

void put_sasl_outcome(Buffer& out, SaslOutcome outcome) {
    put_frame(out, [outcome](Encoder& encoder) {
        encoder.descriptor(kOutcomeCode);
        encoder.begin_list();
        encoder.uint8(static_cast<std::uint8_t>(outcome));
        encoder.end();
    });
}

Result<SaslInit> read_sasl_init(std::span<const std::byte> frame) {
    const auto malformed = [](const char* what) { return fail(ErrorCode::kMalformedPacket, what); };
    if (frame.size() < kFrameHeadBytes || frame[5] != kSaslFrameType) {
        return malformed("no SASL frame");
    }
    const std::size_t head = static_cast<std::size_t>(frame[4]) * 4;
    if (head < kFrameHeadBytes || head > frame.size()) {
        return malformed("a SASL frame's head is malformed");
    }
    auto body = frame.subspan(head);
    const auto value = decode_value(body);
    if (!value) {
        return fail(value.error());
    }
    if (value->kind != Value::Kind::kDescribed || value->items[0].number != kInitCode ||
        value->items[1].kind != Value::Kind::kList) {
        return malformed("SASL begins with SASL-INIT");
    }
    const std::string& mechanism = value->items[1].field(0).text;
    if (mechanism == "ANONYMOUS") {
        return SaslInit{};
    }
    if (mechanism == "PLAIN") {
        return read_plain(value->items[1].field(1).text);
    }
    return fail(ErrorCode::kRefused, "a SASL mechanism that was not offered");
}

}  // namespace twinstorm::amqp
