#include "asio_net/websocket_codec.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <sys/types.h>
#include <wslay/wslay.h>

#include "asio_net/limits.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

constexpr std::uint64_t kLength7Max = 125;  // RFC 6455, 5.2.
constexpr std::uint64_t kLength16Max = 0xffff;
constexpr std::size_t kMaskBytes = 4;

std::uint64_t header_bytes(std::uint64_t payload, bool masked) {
    const std::uint64_t extended = payload <= kLength7Max ? 0 : payload <= kLength16Max ? 2 : 8;
    return 2 + extended + (masked ? kMaskBytes : 0);
}

}  // namespace

// What wslay calls; `user` is the codec.
struct WebSocketCodec::Callbacks {
    static WebSocketCodec& codec(void* user) { return *static_cast<WebSocketCodec*>(user); }

    static ssize_t take(wslay_event_context* context, std::uint8_t* room, std::size_t size, int,
                        void* user) {
        auto& incoming = codec(user).incoming_;
        if (incoming.empty()) {
            wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
            return -1;
        }
        const std::size_t count = std::min(size, incoming.size());
        std::ranges::copy(incoming.first(count), reinterpret_cast<std::byte*>(room));
        incoming = incoming.subspan(count);
        return static_cast<ssize_t>(count);
    }

    static ssize_t give(wslay_event_context*, const std::uint8_t* bytes, std::size_t size, int,
                        void* user) {
        const auto* const begin = reinterpret_cast<const std::byte*>(bytes);
        Buffer& outgoing = *codec(user).outgoing_;
        outgoing.insert(outgoing.end(), begin, begin + size);
        return static_cast<ssize_t>(size);
    }

    static int mask(wslay_event_context*, std::uint8_t* bytes, std::size_t size, void* user) {
        const std::uint64_t bits = codec(user).masks_.bits();
        TWINSTORM_CHECK(size <= sizeof bits);
        for (std::size_t at = 0; at < size; ++at) {
            bytes[at] = static_cast<std::uint8_t>(bits >> (8 * at));
        }
        return 0;
    }

    static void frame(wslay_event_context*, const wslay_event_on_frame_recv_start_arg* frame,
                      void* user) {
        codec(user).on_frame(frame->opcode, frame->fin != 0, frame->payload_length);
    }

    static void frame_end(wslay_event_context*, void* user) {
        WebSocketCodec& self = codec(user);
        self.unaccounted_ -= std::min(self.unaccounted_, self.frame_bytes_);
    }

    static void chunk(wslay_event_context*, const wslay_event_on_frame_recv_chunk_arg* chunk,
                      void* user) {
        WebSocketCodec& self = codec(user);
        if (self.data_frame_ && !self.failure_) {
            const auto* const begin = reinterpret_cast<const std::byte*>(chunk->data);
            self.data_->insert(self.data_->end(), begin, begin + chunk->data_length);
        }
    }
};

void WebSocketCodec::FreeContext::operator()(wslay_event_context* context) const {
    wslay_event_context_free(context);
}

WebSocketCodec::WebSocketCodec(Side side, std::uint64_t mask_seed)
    : masks_(mask_seed), side_(side) {}

WebSocketCodec::~WebSocketCodec() = default;

void WebSocketCodec::make_context() {
    if (context_ != nullptr) {
        return;
    }
    wslay_event_callbacks callbacks{};
    callbacks.recv_callback = Callbacks::take;
    callbacks.send_callback = Callbacks::give;
    callbacks.genmask_callback = Callbacks::mask;
    callbacks.on_frame_recv_start_callback = Callbacks::frame;
    callbacks.on_frame_recv_chunk_callback = Callbacks::chunk;
    callbacks.on_frame_recv_end_callback = Callbacks::frame_end;
    wslay_event_context* made = nullptr;
    const int result = side_ == Side::kServer
                           ? wslay_event_context_server_init(&made, &callbacks, this)
                           : wslay_event_context_client_init(&made, &callbacks, this);
    TWINSTORM_CHECK(result == 0);  // It fails for want of memory only.
    context_.reset(made);
    wslay_event_config_set_no_buffering(made, 1);
    wslay_event_config_set_max_recv_msg_length(made, kWebSocketFrameBytesMax);
}

void WebSocketCodec::decode(std::span<const std::byte> bytes, Buffer& data, Buffer& outgoing) {
    if (ended_) {
        return;
    }
    make_context();
    incoming_ = bytes;
    data_ = &data;
    unaccounted_ += bytes.size();
    const int result = wslay_event_recv(context_.get());
    data_ = nullptr;
    incoming_ = {};
    flush(outgoing);
    judge(result);
    rest();
}

void WebSocketCodec::on_frame(std::uint8_t opcode, bool last, std::uint64_t bytes) {
    frame_bytes_ = header_bytes(bytes, side_ == Side::kServer) + bytes;
    data_frame_ = wslay_is_ctrl_frame(opcode) == 0;
    if (data_frame_) {
        in_message_ = !last;
    }
    if (opcode == WSLAY_TEXT_FRAME && !failure_) {
        failure_ = Error{ErrorCode::kProtocolViolation,
                         "the peer sent a text frame, where only binary ones are understood"};
        wslay_event_queue_close(context_.get(), WSLAY_CODE_UNSUPPORTED_DATA, nullptr, 0);
        wslay_event_shutdown_read(context_.get());
    }
}

// Why wslay reads no more, if so; it has told the peer already.
void WebSocketCodec::judge(int result) {
    wslay_event_context* const context = context_.get();
    ended_ = result != 0 || wslay_event_get_read_enabled(context) == 0;
    if (!ended_ || failure_) {
        return;
    }
    if (result == 0 && wslay_event_get_close_received(context) != 0) {
        failure_ = Error{ErrorCode::kClosedByPeer,
                         fmt::format("the peer closed the WebSocket with code {}",
                                     wslay_event_get_status_code_received(context))};
    } else if (wslay_event_get_status_code_sent(context) == WSLAY_CODE_MESSAGE_TOO_BIG) {
        failure_ = Error{
            ErrorCode::kLimitExceeded,
            fmt::format("a WebSocket frame is larger than {} bytes", kWebSocketFrameBytesMax)};
    } else {
        failure_ = Error{ErrorCode::kProtocolViolation,
                         "the peer's bytes break the rules of WebSocket frames"};
    }
}

void WebSocketCodec::flush(Buffer& outgoing) {
    outgoing_ = &outgoing;
    // It only fails when give() does, which cannot.
    TWINSTORM_CHECK(wslay_event_send(context_.get()) == 0);
    outgoing_ = nullptr;
}

// A fresh context is as good as one between two messages.
void WebSocketCodec::rest() {
    if (ended_ || (unaccounted_ == 0 && !in_message_)) {
        context_.reset();
    }
}

void WebSocketCodec::encode(std::span<const std::byte> data, Buffer& outgoing) {
    if (ended_) {
        return;
    }
    make_context();
    while (!data.empty()) {
        const auto part = data.first(std::min(data.size(), kWebSocketSendBytesMax));
        data = data.subspan(part.size());
        const wslay_event_msg message{
            WSLAY_BINARY_FRAME, reinterpret_cast<const std::uint8_t*>(part.data()), part.size()};
        TWINSTORM_CHECK(wslay_event_queue_msg(context_.get(), &message) == 0);
        flush(outgoing);
    }
    rest();
}

void WebSocketCodec::end(std::uint16_t code, Buffer& outgoing) {
    if (ended_) {
        return;
    }
    make_context();
    TWINSTORM_CHECK(wslay_event_queue_close(context_.get(), code, nullptr, 0) == 0);
    flush(outgoing);
    ended_ = true;
    rest();
}

}  // namespace twinstorm::asio_net
