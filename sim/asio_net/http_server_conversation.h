// One HTTP/1.1 connection of a server: requests in, the handler's answers out, in order.
//
// Rules:  one request is with the handler at a time; what a client pipelines waits, up to one
//         message of the largest size. An answer may come later, and after the connection has died.
//         Too large: 413 or 431; malformed: 400; too slow: 408; each closes the connection.
//         A client that closes its half of the connection gets what was answered at once, no more.
// Owner:  the loop, for one connection.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "twinstorm/net/http.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::asio_net {

class HttpServerConversation final : public net::Conversation {
public:
    HttpServerConversation(net::HttpHandler& handler, net::Loop& loop, net::Handle handle,
                           TimePoint now);
    ~HttpServerConversation() override;

    [[nodiscard]] bool wants_connection() const override { return !closing_; }
    void connected(TimePoint) override {}
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override { std::swap(buffer, outgoing_); }
    void sent(TimePoint) override {}
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    std::size_t parse(std::span<const std::byte> bytes, TimePoint now);
    [[nodiscard]] bool feed(std::span<const std::byte>& bytes, TimePoint now);
    void parse_waiting(TimePoint now);
    void begin_message(TimePoint now);
    void answer_expectation();
    void hand_over(TimePoint now);
    void on_reply(std::uint64_t number, const net::HttpResponse& response);
    void refuse(unsigned status, std::string_view why);
    [[nodiscard]] Buffer& outgoing();

    net::HttpHandler& handler_;
    net::Loop& loop_;
    const net::Handle handle_;
    // A reply may outlive its connection: it holds this by weak_ptr, and finds it expired then.
    std::shared_ptr<HttpServerConversation*> self_;
    std::unique_ptr<Parser> parser_;  // Only while a message is under way.
    Buffer waiting_;                  // Received, not parsed yet.
    Buffer outgoing_;
    TimePoint deadline_;
    std::uint64_t request_number_ = 0;
    bool keep_alive_ = true;
    bool head_ = false;
    bool with_handler_ = false;
    bool expectation_answered_ = false;
    bool parsing_ = false;
    bool closing_ = false;
};

// Makes one for every connection of a listener.
class HttpService final : public net::Service {
public:
    HttpService(net::HttpHandler& handler, net::Loop& loop) : handler_(handler), loop_(loop) {}

    [[nodiscard]] std::unique_ptr<net::Conversation> accept(net::Handle handle,
                                                            std::string_view peer,
                                                            TimePoint now) override;

private:
    net::HttpHandler& handler_;
    net::Loop& loop_;
};

}  // namespace twinstorm::asio_net
