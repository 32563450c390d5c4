// One kept-alive HTTP/1.1 connection of a client: one request at a time, dialled on demand.
//
// Use:    the pool starts a request when ready(); done is called once, as the last thing, so that
// it
//         may send, or destroy the pool.
// Retry:  a request is sent again, once, on a fresh connection, only if its connection had served
//         before, no byte of an answer came, and it is safe: either the kernel had not taken all of
//         it, so that no server can have acted on it, or it is a GET or HEAD. A PATCH, PUT or
//         DELETE that was sent is never repeated: 409 or 404 for our own echo would be a lie.
// Owner:  the pool.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "twinstorm/net/http.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::asio_net {

// Who gives work to a connection that has none.
class HttpClientOwner {
public:
    virtual ~HttpClientOwner() = default;
    virtual void on_ready(TimePoint now) = 0;
};

class HttpClientConversation final : public net::Conversation {
public:
    HttpClientConversation(HttpClientOwner& owner, net::Loop& loop, std::string host);

    [[nodiscard]] bool ready() const { return !current_ && !closing_; }
    [[nodiscard]] bool open() const { return open_; }
    void start(net::HttpRequest request, net::HttpDone done, TimePoint now);  // Then wake it.

    [[nodiscard]] bool wants_connection() const override;
    void connected(TimePoint now) override;
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override;
    void sent(TimePoint now) override;
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

private:
    using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

    struct Current {
        net::HttpRequest request;
        net::HttpDone done;
        bool sent = false;      // Wholly with the kernel.
        bool answered = false;  // At least one byte of the answer came.
        bool retried = false;
        bool on_reused = false;  // The connection had served before.
    };

    void write(TimePoint now);
    void begin_answer();
    [[nodiscard]] std::optional<Error> parse(std::span<const std::byte> bytes);
    [[nodiscard]] bool may_retry() const;
    void finish(Result<net::HttpResponse> result, TimePoint now);
    [[nodiscard]] net::HttpResponse take_response();

    HttpClientOwner& owner_;
    net::Loop& loop_;
    const std::string host_;  // For the Host header.
    std::optional<Current> current_;
    std::unique_ptr<Parser> parser_;
    Buffer waiting_;  // The head of an answer that has not come in full.
    Buffer outgoing_;
    TimePoint deadline_ = TimePoint::max();
    std::optional<Error> failure_;  // Why it is closed, if that was our decision.
    bool open_ = false;
    bool reused_ = false;
    bool closing_ = false;
};

}  // namespace twinstorm::asio_net
