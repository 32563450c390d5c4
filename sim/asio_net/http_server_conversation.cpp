#include "asio_net/http_server_conversation.h"

#include <limits>
#include <utility>

#include <boost/asio/buffer.hpp>

#include "asio_net/http_wire.h"
#include "asio_net/limits.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kWaitingBytesMax = net::kHttpHeaderBytesMax + net::kHttpBodyBytesMax;

struct Refusal {
    unsigned status;
    std::string_view why;
};

Refusal refusal(const boost::beast::error_code& error) {
    if (error == http::error::header_limit) {
        return {431, "the header is too large"};
    }
    if (error == http::error::body_limit) {
        return {413, "the body is too large"};
    }
    return {400, "the request is malformed"};
}

std::string to_string(boost::beast::string_view text) {
    return std::string(text.data(), text.size());
}

}  // namespace

HttpServerConversation::HttpServerConversation(net::HttpHandler& handler, net::Loop& loop,
                                               net::Handle handle, TimePoint now)
    : handler_(handler),
      loop_(loop),
      handle_(handle),
      // A reply may come when this conversation has gone: it holds a share and finds nobody.
      self_(std::make_shared<HttpServerConversation*>(this)),
      deadline_(now + kHttpServerIdleTimeout) {}

HttpServerConversation::~HttpServerConversation() = default;

Buffer& HttpServerConversation::outgoing() {
    if (outgoing_.capacity() == 0) {
        outgoing_ = loop_.buffers().take();
    }
    return outgoing_;
}

void HttpServerConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    if (closing_) {
        return;
    }
    std::size_t consumed = 0;
    if (waiting_.empty()) {
        consumed = parse(bytes, now);
    }
    if (closing_ || consumed == bytes.size()) {
        return;
    }
    const auto rest = bytes.subspan(consumed);
    if (waiting_.capacity() == 0) {
        waiting_ = loop_.buffers().take();
    }
    waiting_.insert(waiting_.end(), rest.begin(), rest.end());
    if (consumed == 0) {
        parse_waiting(now);
    }
    // A client that pipelines without end: nothing could be said to it in order.
    closing_ = closing_ || waiting_.size() > kWaitingBytesMax;
}

void HttpServerConversation::parse_waiting(TimePoint now) {
    const std::size_t consumed = parse(waiting_, now);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(consumed));
    if (waiting_.empty()) {
        loop_.buffers().give(std::exchange(waiting_, {}));
    }
}

std::size_t HttpServerConversation::parse(std::span<const std::byte> bytes, TimePoint now) {
    parsing_ = true;
    const std::size_t size = bytes.size();
    while (!bytes.empty() && !with_handler_ && !closing_ && feed(bytes, now)) {
    }
    parsing_ = false;
    return size - bytes.size();
}

// False when the parser wants bytes that have not come yet.
bool HttpServerConversation::feed(std::span<const std::byte>& bytes, TimePoint now) {
    if (parser_ == nullptr) {
        begin_message(now);
    }
    boost::beast::error_code error;
    const std::size_t used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    bytes = bytes.subspan(used);
    if (error && error != http::error::need_more) {
        const auto [status, why] = refusal(error);
        refuse(status, why);
        return false;
    }
    if (parser_->is_done()) {
        hand_over(now);
        return true;
    }
    answer_expectation();
    return !error && used > 0;
}

void HttpServerConversation::begin_message(TimePoint now) {
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(net::kHttpHeaderBytesMax));
    parser_->body_limit(net::kHttpBodyBytesMax);
    parser_->eager(true);
    expectation_answered_ = false;
    deadline_ = now + kHttpRequestTimeout;
}

// RFC 9110, 10.1.1. A body that would be too large was refused with its header, just before.
void HttpServerConversation::answer_expectation() {
    if (expectation_answered_ || !parser_->is_header_done()) {
        return;
    }
    expectation_answered_ = true;
    const auto expectation = parser_->get()[http::field::expect];
    if (boost::beast::iequals(expectation, "100-continue")) {
        append_text(outgoing(), "HTTP/1.1 100 Continue\r\n\r\n");
    }
}

void HttpServerConversation::hand_over(TimePoint now) {
    http::request<http::string_body> message = parser_->release();
    parser_.reset();
    if (message.target().empty()) {
        refuse(400, "the request has no target");
        return;
    }
    keep_alive_ = message.keep_alive();
    head_ = message.method() == http::verb::head;
    with_handler_ = true;
    deadline_ = TimePoint::max();

    net::HttpRequest request;
    request.method = to_string(message.method_string());
    request.target = to_string(message.target());
    request.headers = to_headers(message);
    request.body = std::move(message.body());
    const std::weak_ptr<HttpServerConversation*> weak = self_;
    handler_.handle(
        std::move(request),
        [weak, number = ++request_number_](const net::HttpResponse& response) {
            if (const auto self = weak.lock()) {
                (*self)->on_reply(number, response);
            }
        },
        now);
}

void HttpServerConversation::on_reply(std::uint64_t number, const net::HttpResponse& response) {
    TWINSTORM_CHECK(with_handler_ && number == request_number_);
    with_handler_ = false;
    append_response(outgoing(), response, {keep_alive_, head_});
    closing_ = closing_ || !keep_alive_;
    if (parsing_) {
        deadline_ = loop_.now() + kHttpServerIdleTimeout;
        return;  // Inside handle(): the driver looks at what there is to send anyway.
    }
    const TimePoint now = loop_.now();
    deadline_ = now + kHttpServerIdleTimeout;
    if (!closing_ && !waiting_.empty()) {
        parse_waiting(now);
    }
    loop_.wake(handle_);
}

void HttpServerConversation::refuse(unsigned status, std::string_view why) {
    append_response(outgoing(), {status, {{"Content-Type", "text/plain"}}, std::string(why)},
                    {.keep_alive = false, .head = false});
    parser_.reset();
    closing_ = true;
}

void HttpServerConversation::disconnected(const Error&, TimePoint) {
    self_.reset();  // Replies that come from now on find nobody.
    closing_ = true;
}

void HttpServerConversation::advance(TimePoint now) {
    if (closing_ || now < deadline_) {
        return;
    }
    if (parser_ != nullptr) {
        refuse(408, "the request took too long");
    }
    closing_ = true;
}

std::optional<TimePoint> HttpServerConversation::next_deadline() const {
    return closing_ || deadline_ == TimePoint::max() ? std::nullopt : std::optional(deadline_);
}

std::unique_ptr<net::Conversation> HttpService::accept(net::Handle handle, std::string_view,
                                                       TimePoint now) {
    return std::make_unique<HttpServerConversation>(handler_, loop_, handle, now);
}

}  // namespace twinstorm::asio_net
