#include "asio_net/http_client_pool.h"

#include <utility>

#include "asio_net/socket.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

// RFC 9110, 7.2: without the port when it is the scheme's own.
std::string host_header(const net::Destination& destination) {
    const std::string& name =
        destination.server_name.empty() ? destination.host : destination.server_name;
    const bool usual = destination.port == (destination.tls ? kHttpsPort : kHttpPort);
    return usual ? name : join_host_port(name, destination.port);
}

}  // namespace

HttpClientPool::HttpClientPool(net::Loop& loop, const net::Destination& destination,
                               std::size_t connections)
    : loop_(loop) {
    TWINSTORM_CHECK(connections > 0);
    HttpClientOwner& owner = *this;
    for (std::size_t number = 0; number < connections; ++number) {
        Member& member = members_.emplace_back();
        member.conversation =
            std::make_unique<HttpClientConversation>(owner, loop, host_header(destination));
        member.handle = loop.carry(*member.conversation, destination);
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
