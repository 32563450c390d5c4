// Keep-alive connections to one server, and the requests that wait for one of them in order.
//
// Use:    as net::HttpClient says. Must be destroyed before its loop; what is outstanding then is
//         never answered. Connections are dialled on demand, open ones are preferred.
// Owner:  the caller of Loop::http_client(), one worker.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "asio_net/http_client_conversation.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::asio_net {

class HttpClientPool final : public net::HttpClient, private HttpClientOwner {
public:
    HttpClientPool(net::Loop& loop, const net::Destination& destination, std::size_t connections);
    ~HttpClientPool() override;
    HttpClientPool(const HttpClientPool&) = delete;
    HttpClientPool& operator=(const HttpClientPool&) = delete;

    void send(net::HttpRequest request, net::HttpDone done, TimePoint now) override;

private:
    struct Waiting {
        net::HttpRequest request;
        net::HttpDone done;
    };
    struct Member {
        std::unique_ptr<HttpClientConversation> conversation;
        net::Handle handle = 0;
    };

    void on_ready(TimePoint now) override;
    [[nodiscard]] Member* free_member();

    net::Loop& loop_;
    std::vector<Member> members_;
    std::deque<Waiting> waiting_;
};

}  // namespace twinstorm::asio_net
