#include "asio_net/http_client_pool.h"

#include <utility>

#include "asio_net/http_wire.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
HttpClientPool::HttpClientPool(net::Loop& loop, const net::Destination& destination,
                               std::size_t connections)
    : loop_(loop) {
    TWINSTORM_CHECK(connections > 0);
    HttpClientOwner& owner = *this;
    net::Destination plain = destination;
    plain.websocket_path.clear();
    for (std::size_t number = 0; number < connections; ++number) {
        Member& member = members_.emplace_back();
        member.conversation =
            std::make_unique<HttpClientConversation>(owner, loop, host_header(destination));
        member.handle = loop.carry(*member.conversation, plain);
    }
}

HttpClientPool::~HttpClientPool() {
    for (const Member& member : members_) {
        loop_.remove(member.handle);
    }
}

void HttpClientPool::send(net::HttpRequest request, net::HttpDone done, TimePoint now) {
    waiting_.push_back({std::move(request), std::move(done)});
    on_ready(now);
}

void HttpClientPool::on_ready(TimePoint now) {
    while (!waiting_.empty()) {
        Member* const member = free_member();
        if (member == nullptr) {
            return;
        }
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        member->conversation->start(std::move(next.request), std::move(next.done), now);
        loop_.wake(member->handle);
    }
}

HttpClientPool::Member* HttpClientPool::free_member() {
    Member* closed = nullptr;
    for (Member& member : members_) {
        if (!member.conversation->ready()) {
            continue;
        }
        if (member.conversation->open()) {
            return &member;
        }
        closed = closed == nullptr ? &member : closed;
    }
    return closed;
}

}  // namespace twinstorm::asio_net
