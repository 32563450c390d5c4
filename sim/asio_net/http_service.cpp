#include "asio_net/http_service.h"

#include <utility>

#include "asio_net/http_server_conversation.h"
#include "asio_net/limits.h"
#include "asio_net/web_conversation.h"

namespace twinstorm::asio_net {

HttpService::HttpService(net::HttpHandler& handler, net::Loop& loop,
                         std::vector<WebSocketRoute> routes, std::size_t connections_max)
    : handler_(handler),
      loop_(loop),
      routes_(std::move(routes)),
      connections_max_(connections_max) {}

std::unique_ptr<net::ServerConversation> HttpService::accept(net::Handle handle,
                                                             const net::Peer& peer, TimePoint now) {
    if (connections_ >= connections_max_) {
        if (waiting_.empty()) {
            return nullptr;
        }
        waiting_.front()->give_way();
    }
    return std::make_unique<WebConversation>(*this, handle, peer, now);
}

bool HttpService::hold(std::size_t bytes) {
    unread_bytes_ += bytes;
    return unread_bytes_ <= kHttpUnreadBytesMax;
}

}  // namespace twinstorm::asio_net
