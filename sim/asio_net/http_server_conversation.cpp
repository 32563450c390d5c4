#include "asio_net/http_server_conversation.h"

#include <limits>
#include <utility>

#include <boost/asio/buffer.hpp>

#include "asio_net/http_wire.h"
#include "asio_net/limits.h"
#include "asio_net/websocket_handshake.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

namespace http = boost::beast::http;

// One burst may come on top of what a driver was asked to stop at.
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

net::HttpRequest to_request(http::request<http::string_body> message) {
    net::HttpRequest request;
    request.method = to_string(message.method_string());
    request.target = to_string(message.target());
    request.headers = to_headers(message);
    request.body = std::move(message.body());
    return request;
}

}  // namespace

HttpServerConversation::HttpServerConversation(HttpService& service, net::Handle handle,
                                               net::Peer peer, TimePoint now)
    : service_(service),
      handle_(handle),
      peer_(std::move(peer)),
      // A reply may come when this conversation has gone: it holds a share and finds nobody.
      self_(std::make_shared<HttpServerConversation*>(this)),
      deadline_(now + kHttpFirstByteTimeout) {
    service_.entered();
    start_waiting();
}

HttpServerConversation::~HttpServerConversation() {
    end_message();
    stop_waiting();
    service_.left();
}

void HttpServerConversation::start_waiting() {
    stop_waiting();
    place_ = service_.waiting().insert(service_.waiting().end(), this);
    is_waiting_ = true;
}

void HttpServerConversation::stop_waiting() {
    if (std::exchange(is_waiting_, false)) {
        service_.waiting().erase(place_);
    }
}

void HttpServerConversation::give_way() {
    stop_waiting();
    closing_ = true;
    service_.loop().wake(handle_);
}

Buffer& HttpServerConversation::outgoing() {
    if (outgoing_.capacity() == 0) {
        outgoing_ = service_.loop().buffers().take();
    }
    return outgoing_;
}

// --- Requests -------------------------------------------------------------------------------

bool HttpServerConversation::accepts_input() const {
    return waiting_.size() < kHttpPipelineBytesMax && outgoing_.size() < kHttpAnswerBytesMax;
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
        waiting_ = service_.loop().buffers().take();
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
        service_.loop().buffers().give(std::exchange(waiting_, {}));
    }
}

// Answers that the client does not read must not pile up: the requests behind them wait.
bool HttpServerConversation::may_parse() const {
    return !with_handler_ && !closing_ && upgraded_ == nullptr &&
           outgoing_.size() < kHttpAnswerBytesMax;
}

std::size_t HttpServerConversation::parse(std::span<const std::byte> bytes, TimePoint now) {
    parsing_ = true;
    const std::size_t size = bytes.size();
    while (!bytes.empty() && may_parse() && feed(bytes, now)) {
    }
    parsing_ = false;
    return size - bytes.size();
}

// False when the parser wants bytes that have not come yet.
bool HttpServerConversation::feed(std::span<const std::byte>& bytes, TimePoint now) {
    if (parser_ == nullptr) {
        begin_message(now);
    }
    if (waits_for_chunk(*parser_, bytes.size())) {
        return false;
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
        on_message(!bytes.empty(), now);
        return true;
    }
    held_ += used;
    if (!service_.hold(used)) {
        refuse(503, "too many large requests at the same time");
        return false;
    }
    on_header();
    return !error && used > 0;
}

void HttpServerConversation::begin_message(TimePoint now) {
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(net::kHttpHeaderBytesMax));
    parser_->body_limit(net::kHttpBodyBytesMax);
    parser_->eager(true);
    header_seen_ = false;
    begun_ = now;
    deadline_ = begun_ + kHttpHeaderTimeout;
}

void HttpServerConversation::end_message() {
    parser_.reset();
    service_.let_go(std::exchange(held_, 0));
}

// RFC 9110, 10.1.1. A body that would be too large was refused with its header, just before.
void HttpServerConversation::on_header() {
    if (header_seen_ || !parser_->is_header_done()) {
        return;
    }
    header_seen_ = true;
    deadline_ = begun_ + kHttpRequestTimeout;
    const auto expectation = parser_->get()[http::field::expect];
    if (boost::beast::iequals(expectation, "100-continue")) {
        append_text(outgoing(), "HTTP/1.1 100 Continue\r\n\r\n");
    }
}

void HttpServerConversation::on_message(bool more_follows, TimePoint now) {
    http::request<http::string_body> message = parser_->release();
    end_message();
    if (message.target().empty()) {
        refuse(400, "the request has no target");
        return;
    }
    keep_alive_ = message.keep_alive();
    head_ = message.method() == http::verb::head;
    net::HttpRequest request = to_request(std::move(message));
    if (wants_websocket(request, service_.routes())) {
        upgrade(request, more_follows, now);
    } else {
        hand_to_handler(std::move(request), now);
    }
}

void HttpServerConversation::upgrade(const net::HttpRequest& request, bool more_follows,
                                     TimePoint now) {
    const auto judged = judge_upgrade(request, service_.routes());
    if (!judged) {
        refuse(judged.error());
        return;
    }
    if (more_follows) {
        refuse(400, "a WebSocket's client waits for the server's answer");  // RFC 6455, 4.1.
        return;
    }
    auto conversation = judged->route->service->accept(handle_, peer_, now);
    if (conversation == nullptr) {
        refuse(503, "the service takes no connection at present");
        return;
    }
    append_agreement(outgoing(), *judged);
    upgraded_ = std::move(conversation);
    upgraded_at_ = now;
    deadline_ = TimePoint::max();
    stop_waiting();
}

std::unique_ptr<net::ServerConversation> HttpServerConversation::take_upgraded() {
    service_.loop().buffers().give(std::exchange(waiting_, {}));
    return std::move(upgraded_);
}

// --- Answers --------------------------------------------------------------------------------

void HttpServerConversation::hand_to_handler(net::HttpRequest request, TimePoint now) {
    with_handler_ = true;
    deadline_ = TimePoint::max();
    stop_waiting();
    const std::weak_ptr<HttpServerConversation*> weak = self_;
    service_.handler().handle(
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
    const TimePoint now = service_.loop().now();
    deadline_ = now + kHttpServerIdleTimeout;
    start_waiting();
    if (parsing_) {
        return;  // Inside handle(): the driver looks at what there is to send anyway.
    }
    if (!closing_ && !waiting_.empty()) {
        parse_waiting(now);
    }
    service_.loop().wake(handle_);
}

void HttpServerConversation::sent(TimePoint now) {
    if (!waiting_.empty() && may_parse()) {
        parse_waiting(now);
    }
}

void HttpServerConversation::refuse(unsigned status, std::string_view why) {
    refuse({status, {{"Content-Type", "text/plain"}}, std::string(why)});
}

void HttpServerConversation::refuse(const net::HttpResponse& response) {
    append_response(outgoing(), response, {.keep_alive = false, .head = false});
    end_message();
    closing_ = true;
}

void HttpServerConversation::disconnected(const Error& why, TimePoint now) {
    self_.reset();  // Replies that come from now on find nobody.
    closing_ = true;
    if (upgraded_ != nullptr) {
        upgraded_->disconnected(why, now);
    }
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

// Requests belong to the loop that took them; nobody asks for it.
void HttpServerConversation::moved(net::Handle, TimePoint) {
    TWINSTORM_CHECK(false);
}

}  // namespace twinstorm::asio_net
