// One HTTP/1.1 connection of a server: requests in, the handler's answers out, in order.
//
// Rules:  one request is with the handler at a time, as long as it takes; what a client pipelines
//         waits. An answer may come after the connection has died. Too large: 413 or 431;
//         malformed: 400; too slow: 408; too much for all of them: 503; each closes the connection.
//         A client that closes its half of the connection gets the answer that it waits for, still.
//         A WebSocket's upgrade ends the HTTP: upgraded() says so.
// Owner:  WebConversation.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "asio_net/http_service.h"
#include "twinstorm/net/http.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::asio_net {

class HttpServerConversation final : public net::ServerConversation {
public:
    HttpServerConversation(HttpService& service, net::Handle handle, net::Peer peer, TimePoint now);
    ~HttpServerConversation() override;

    [[nodiscard]] bool wants_connection() const override { return !closing_; }
    void connected(TimePoint) override {}
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override { std::swap(buffer, outgoing_); }
    void sent(TimePoint now) override;
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
    [[nodiscard]] bool accepts_input() const override;
    void moved(net::Handle handle, TimePoint now) override;

    [[nodiscard]] bool owes_answer() const { return with_handler_; }
    void give_way();  // To another connection: there are too many.

    [[nodiscard]] bool upgraded() const { return upgraded_ != nullptr; }
    [[nodiscard]] TimePoint upgraded_at() const { return upgraded_at_; }
    // What carries the connection from here on; what is still to be said of HTTP is outgoing.
    [[nodiscard]] std::unique_ptr<net::ServerConversation> take_upgraded();

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    std::size_t parse(std::span<const std::byte> bytes, TimePoint now);
    [[nodiscard]] bool may_parse() const;
    [[nodiscard]] bool feed(std::span<const std::byte>& bytes, TimePoint now);
    void parse_waiting(TimePoint now);
    void begin_message(TimePoint now);
    void end_message();
    void on_header();
    void on_message(bool more_follows, TimePoint now);
    void upgrade(const net::HttpRequest& request, bool more_follows, TimePoint now);
    void hand_to_handler(net::HttpRequest request, TimePoint now);
    void on_reply(std::uint64_t number, const net::HttpResponse& response);
    void refuse(unsigned status, std::string_view why);
    void refuse(const net::HttpResponse& response);
    void start_waiting();
    void stop_waiting();
    [[nodiscard]] Buffer& outgoing();

    HttpService& service_;
    const net::Handle handle_;
    net::Peer peer_;  // For the service behind a WebSocket.
    // A reply may outlive its connection: it holds this by weak_ptr, and finds it expired then.
    std::shared_ptr<HttpServerConversation*> self_;
    std::unique_ptr<Parser> parser_;  // Only while a message is under way.
    std::unique_ptr<net::ServerConversation> upgraded_;
    HttpService::Waiting::iterator place_;  // Among those who wait, if is_waiting_.
    Buffer waiting_;                        // Received, not parsed yet.
    Buffer outgoing_;
    TimePoint deadline_;
    TimePoint begun_{};  // The message under way.
    TimePoint upgraded_at_{};
    std::size_t held_ = 0;  // Bytes of the message under way.
    std::uint64_t request_number_ = 0;
    bool keep_alive_ = true;
    bool head_ = false;
    bool with_handler_ = false;
    bool is_waiting_ = false;
    bool header_seen_ = false;
    bool parsing_ = false;
    bool closing_ = false;
};

}  // namespace twinstorm::asio_net
