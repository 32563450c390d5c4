#include "asio_net/websocket_server_conversation.h"

#include <utility>

#include "asio_net/limits.h"

namespace twinstorm::asio_net {
namespace {

constexpr std::uint16_t kNormalClosure = 1000;  // RFC 6455, 7.4.1.

}  // namespace

WebSocketServerConversation::WebSocketServerConversation(
    std::unique_ptr<net::ServerConversation> inner, Buffer outgoing)
    : inner_(std::move(inner)), outgoing_(std::move(outgoing)) {}

bool WebSocketServerConversation::wants_connection() const {
    return !codec_.ended() && inner_->wants_connection();
}

bool WebSocketServerConversation::accepts_input() const {
    return outgoing_.size() < kWebSocketReplyBytesMax && inner_->accepts_input();
}

std::optional<TimePoint> WebSocketServerConversation::next_deadline() const {
    return inner_->next_deadline();
}

void WebSocketServerConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    Buffer data;
    codec_.decode(bytes, data, outgoing_);
    if (!data.empty()) {
        inner_->receive(data, now);
    }
}

void WebSocketServerConversation::take_outgoing(Buffer& buffer) {
    std::swap(buffer, outgoing_);
    if (codec_.ended()) {
        return;
    }
    const bool last = !inner_->wants_connection();
    Buffer data;
    inner_->take_outgoing(data);
    carries_ = !data.empty();
    codec_.encode(data, buffer);
    if (last && data.empty()) {
        codec_.end(kNormalClosure, buffer);
    }
}

void WebSocketServerConversation::sent(TimePoint now) {
    if (std::exchange(carries_, false)) {
        inner_->sent(now);
    }
}

void WebSocketServerConversation::disconnected(const Error& why, TimePoint now) {
    inner_->disconnected(codec_.failure().value_or(why), now);
}

}  // namespace twinstorm::asio_net
