#include "asio_net/http_client_conversation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>

#include "asio_net/http_wire.h"
#include "asio_net/limits.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

namespace http = boost::beast::http;

Error bad_answer(const boost::beast::error_code& error) {
    if (error == http::error::header_limit || error == http::error::body_limit) {
        return Error{ErrorCode::kLimitExceeded,
                     fmt::format("the answer is too large (header up to {} bytes, body up to {})",
                                 net::kHttpHeaderBytesMax, net::kHttpBodyBytesMax)};
    }
    return Error{ErrorCode::kProtocolViolation,
                 "the answer is no HTTP/1.1 message: " + error.message()};
}

}  // namespace

HttpClientConversation::HttpClientConversation(HttpClientOwner& owner, net::Loop& loop,
                                               std::string host)
    : owner_(owner), loop_(loop), host_(std::move(host)) {}

void HttpClientConversation::start(net::HttpRequest request, net::HttpDone done, TimePoint now) {
    TWINSTORM_CHECK(ready());
    current_.emplace(Current{std::move(request), std::move(done)});
    deadline_ = TimePoint::max();  // A dial has a limit of its own.
    if (open_) {
        write(now);
    }
}

bool HttpClientConversation::wants_connection() const {
    return !closing_ && (open_ || current_);
}

void HttpClientConversation::connected(TimePoint now) {
    open_ = true;
    reused_ = false;
    deadline_ = now + kHttpClientIdleTimeout;
    if (current_) {
        write(now);
    }
}

void HttpClientConversation::write(TimePoint now) {
    if (outgoing_.capacity() == 0) {
        outgoing_ = loop_.buffers().take();
    }
    append_request(outgoing_, current_->request, host_);
    current_->sent = false;
    current_->on_reused = std::exchange(reused_, true);
    deadline_ = now + kHttpResponseTimeout;
    begin_answer();
}

void HttpClientConversation::begin_answer() {
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(net::kHttpHeaderBytesMax));
    parser_->body_limit(net::kHttpBodyBytesMax);
    parser_->eager(true);
    parser_->skip(current_->request.method == "HEAD");
}

void HttpClientConversation::take_outgoing(Buffer& buffer) {
    std::swap(buffer, outgoing_);
}

void HttpClientConversation::sent(TimePoint) {
    if (current_ && open_) {
        current_->sent = true;
    }
}

void HttpClientConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    if (!current_ || parser_ == nullptr) {
        closing_ = true;  // Nothing was asked: what follows could not be told apart.
        return;
    }
    current_->answered = true;
    if (auto error = parse(bytes)) {
        closing_ = true;
        finish(fail(std::move(*error)), now);
        return;
    }
    if (parser_->is_done()) {
        closing_ = !parser_->keep_alive() || !waiting_.empty();
        finish(take_response(), now);
    }
}

std::optional<Error> HttpClientConversation::parse(std::span<const std::byte> bytes) {
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    std::span<const std::byte> rest = waiting_;
    while (!rest.empty() && !parser_->is_done() && !waits_for_chunk(*parser_, rest.size())) {
        boost::beast::error_code error;
        const std::size_t used = parser_->put(boost::asio::buffer(rest.data(), rest.size()), error);
        rest = rest.subspan(used);
        if (error && error != http::error::need_more) {
            return bad_answer(error);
        }
        if (parser_->is_done() && parser_->get().result_int() < 200) {
            begin_answer();  // RFC 9110, 15.2: the final answer is still to come.
        } else if (error || used == 0) {
            break;
        }
    }
    waiting_.erase(waiting_.begin(), waiting_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return std::nullopt;
}

net::HttpResponse HttpClientConversation::take_response() {
    http::response<http::string_body> message = parser_->release();
    net::HttpResponse response;
    response.status = message.result_int();
    response.headers = to_headers(message);
    response.body = std::move(message.body());
    return response;
}

// The connection is free before the caller hears of it; nothing of it is touched afterwards.
void HttpClientConversation::finish(Result<net::HttpResponse> result, TimePoint now) {
    const net::HttpDone done = std::move(current_->done);
    current_.reset();
    parser_.reset();
    waiting_ = Buffer();
    deadline_ = now + kHttpClientIdleTimeout;
    if (ready()) {
        owner_.on_ready(now);
    }
    done(std::move(result), now);
}

bool HttpClientConversation::may_retry() const {
    const std::string& method = current_->request.method;
    return current_->on_reused && !current_->answered && !current_->retried &&
           (!current_->sent || method == "GET" || method == "HEAD");
}

void HttpClientConversation::disconnected(const Error& why, TimePoint now) {
    const Error reason = failure_ ? *std::exchange(failure_, std::nullopt) : why;
    const bool ours = reason.code != ErrorCode::kClosedByPeer && reason.code != ErrorCode::kIo;
    open_ = closing_ = reused_ = false;
    deadline_ = TimePoint::max();
    loop_.buffers().give(std::exchange(outgoing_, {}));
    if (!current_) {
        owner_.on_ready(now);  // It may be dialled anew.
        return;
    }
    boost::beast::error_code error;
    if (parser_ != nullptr && parser_->is_header_done() && parser_->need_eof()) {
        parser_->put_eof(error);  // RFC 9112, 6.3: the end of the connection ends the body.
        if (!error) {
            finish(take_response(), now);
            return;
        }
    }
    if (!ours && may_retry()) {
        current_->retried = true;
        parser_.reset();
        waiting_ = Buffer();
        return;  // The driver finds that a connection is wanted, still.
    }
    finish(fail(reason), now);
}

void HttpClientConversation::advance(TimePoint now) {
    if (now < deadline_) {
        return;
    }
    deadline_ = TimePoint::max();
    closing_ = true;
    if (current_) {
        failure_ =
            Error{ErrorCode::kTimedOut, fmt::format("no answer came from {} in time", host_)};
    }
}

std::optional<TimePoint> HttpClientConversation::next_deadline() const {
    return deadline_ == TimePoint::max() ? std::nullopt : std::optional(deadline_);
}

}  // namespace twinstorm::asio_net
