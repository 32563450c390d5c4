// WebSocket frames around a byte stream, RFC 6455, by libwslay: one end of one connection.
//
// Use:    decode() what came; encode() what is to go, as a binary frame; end() says goodbye. Pings
//         are answered on the way. Message boundaries mean nothing: the bytes are a stream.
// Rules:  binary frames only (others end it with 1003), up to kWebSocketFrameBytesMax (1009);
//         clients mask and servers do not (1002). No extensions.
// Owner:  one conversation. Cost: while nothing is half received, nothing but this object (120 B);
//         meanwhile wslay's context, 8.8 KB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/error.h"
#include "twinstorm/base/seed.h"

struct wslay_event_context;

namespace twinstorm::asio_net {

class WebSocketCodec {
public:
    enum class Side : std::uint8_t { kServer, kClient };

    // The seed makes a client's masks; it must not be one that others know (RFC 6455, 10.3).
    explicit WebSocketCodec(Side side, std::uint64_t mask_seed = 0);
    ~WebSocketCodec();
    WebSocketCodec(const WebSocketCodec&) = delete;
    WebSocketCodec& operator=(const WebSocketCodec&) = delete;

    // Appends the data that came to `data`, and what must be answered to `outgoing`.
    void decode(std::span<const std::byte> bytes, Buffer& data, Buffer& outgoing);
    void encode(std::span<const std::byte> data, Buffer& outgoing);
    void end(std::uint16_t code, Buffer& outgoing);  // Once; later calls do nothing.

    [[nodiscard]] bool ended() const { return ended_; }  // Nothing more goes in or out.
    // Why the peer's doing ended it; none while it goes on, or when this side ended it.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

private:
    struct Callbacks;
    struct FreeContext {
        void operator()(wslay_event_context* context) const;
    };

    void make_context();
    void flush(Buffer& outgoing);
    void rest();
    void on_frame(std::uint8_t opcode, bool last, std::uint64_t bytes);
    void judge(int result);

    std::unique_ptr<wslay_event_context, FreeContext> context_;
    std::span<const std::byte> incoming_;  // During decode().
    Buffer* data_ = nullptr;               // During decode().
    Buffer* outgoing_ = nullptr;           // During flush().
    std::uint64_t unaccounted_ = 0;        // Bytes that came and belong to no whole frame yet.
    std::uint64_t frame_bytes_ = 0;        // Of the frame under way, header included.
    Random masks_;
    const Side side_;
    bool data_frame_ = false;  // The frame under way holds data, and is no control frame.
    bool in_message_ = false;  // More frames of the same message are to come.
    bool ended_ = false;
    std::optional<Error> failure_;
};

}  // namespace twinstorm::asio_net
