// AMQP bytes by hand: for what no decent client would send.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/encoder.h"

namespace twinstorm::testing {

inline const std::string kAmqpHeader{"AMQP\0\1\0\0", 8};
inline const std::string kSaslHeader{"AMQP\3\1\0\0", 8};

[[nodiscard]] inline std::vector<std::byte> raw(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

[[nodiscard]] inline std::string text_of_frame(const Buffer& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A frame around a described list whose fields `put_fields` writes, and what follows it.
[[nodiscard]] inline std::string frame(std::uint8_t code, std::uint16_t channel,
                                       const std::function<void(amqp::Encoder&)>& put_fields,
                                       std::string_view payload = {}, char type = 0) {
    Buffer body;
    amqp::Encoder encoder(body);
    encoder.descriptor(code);
    encoder.begin_list();
    put_fields(encoder);
    encoder.end();
    std::string whole = text_of_frame(body) + std::string(payload);
    const auto size = static_cast<std::uint32_t>(whole.size() + 8);
    std::string head;
    for (int shift = 24; shift >= 0; shift -= 8) {
        head += static_cast<char>(size >> shift & 0xff);
    }
    head += '\2';
    head += type;
    head += static_cast<char>(channel >> 8);
    head += static_cast<char>(channel & 0xff);
    return head + whole;
}

[[nodiscard]] inline std::string open_frame() {
    return frame(0x10, 0, [](amqp::Encoder& e) { e.string("client"); });
}

[[nodiscard]] inline std::string begin_frame(std::uint16_t channel = 0) {
    return frame(0x11, channel, [](amqp::Encoder& e) {
        e.null();
        e.uint32(0);
        e.uint32(100);
        e.uint32(100);
    });
}

// A sender's attach, or a receiver's.
[[nodiscard]] inline std::string attach_frame(
    std::string_view name, std::uint32_t handle, bool receives, std::string_view address,
    const std::function<void(amqp::Encoder&)>& put_capabilities = {}) {
    return frame(0x12, 0, [&](amqp::Encoder& e) {
        e.string(name);
        e.uint32(handle);
        e.boolean(receives);
        e.null();
        e.null();
        for (const std::uint8_t code : {std::uint8_t{0x28}, std::uint8_t{0x29}}) {
            e.descriptor(code);
            e.begin_list();
            e.string(address);
            e.end();
        }
        e.null();
        e.null();
        e.uint32(0);
        e.null();
        e.null();
        put_capabilities ? put_capabilities(e) : e.null();
    });
}

// The first frame of a delivery, with or without what it must have.
[[nodiscard]] inline std::string transfer_frame(std::uint32_t handle, bool has_id, bool more,
                                                std::string_view payload) {
    return frame(
        0x14, 0,
        [&](amqp::Encoder& e) {
            e.uint32(handle);
            has_id ? e.uint32(0) : e.null();
            has_id ? e.binary(std::string_view("t")) : e.null();
            e.uint32(0);
            e.boolean(false);
            e.boolean(more);
        },
        payload);
}

[[nodiscard]] inline std::string flow_frame(std::uint32_t handle, std::uint32_t credit) {
    return frame(0x13, 0, [&](amqp::Encoder& e) {
        e.uint32(0);
        e.uint32(1000);
        e.uint32(0);
        e.uint32(1000);
        e.uint32(handle);
        e.uint32(0);
        e.uint32(credit);
    });
}

}  // namespace twinstorm::testing
