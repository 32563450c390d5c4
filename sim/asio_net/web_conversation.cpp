#include "asio_net/web_conversation.h"

#include <utility>

#include "asio_net/http_service.h"
#include "asio_net/websocket_server_conversation.h"

namespace twinstorm::asio_net {

WebConversation::WebConversation(HttpService& service, net::Handle handle, const net::Peer& peer,
                                 TimePoint now) {
    auto http = std::make_unique<HttpServerConversation>(service, handle, peer, now);
    http_ = http.get();
    stage_ = std::move(http);
}

void WebConversation::upgrade(TimePoint now) {
    if (http_ == nullptr || !http_->upgraded()) {
        return;
    }
    Buffer outgoing;
    http_->take_outgoing(outgoing);
    auto inner = http_->take_upgraded();
    http_ = nullptr;
    stage_ = std::make_unique<WebSocketServerConversation>(std::move(inner), std::move(outgoing));
    stage_->connected(now);
}

void WebConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    stage_->receive(bytes, now);
    upgrade(now);
}

// A request that waited behind another one is read when that is answered, or its answer sent.
void WebConversation::take_outgoing(Buffer& buffer) {
    if (http_ != nullptr && http_->upgraded()) {
        upgrade(http_->upgraded_at());
    }
    stage_->take_outgoing(buffer);
}

void WebConversation::sent(TimePoint now) {
    stage_->sent(now);
    upgrade(now);
}

void WebConversation::advance(TimePoint now) {
    stage_->advance(now);
}

std::optional<TimePoint> WebConversation::next_deadline() const {
    return stage_->next_deadline();
}

bool WebConversation::owes_answer() const {
    return http_ != nullptr && http_->owes_answer();
}

}  // namespace twinstorm::asio_net
