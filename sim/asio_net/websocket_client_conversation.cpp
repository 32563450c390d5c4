#include "asio_net/websocket_client_conversation.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "asio_net/http_wire.h"
#include "asio_net/limits.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {
namespace {

constexpr std::uint16_t kNormalClosure = 1000;  // RFC 6455, 7.4.1.
constexpr std::string_view kSubprotocol = "mqtt";
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

// RFC 6455, 4.1 and 10.3: neither key nor masks may be foreseen.
struct Secrets {
    std::array<char, 16> key;
    std::uint64_t mask_seed;
};

Secrets draw_secrets() {
    Secrets secrets{};
    std::array<unsigned char, sizeof secrets.key + sizeof secrets.mask_seed> bytes{};
    TWINSTORM_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    std::memcpy(secrets.key.data(), bytes.data(), sizeof secrets.key);
    std::memcpy(&secrets.mask_seed, bytes.data() + sizeof secrets.key, sizeof secrets.mask_seed);
    return secrets;
}

}  // namespace

WebSocketClientConversation::WebSocketClientConversation(net::Conversation& inner,
                                                         const net::Destination& destination)
    : inner_(inner),
      request_{destination.websocket_path, host_header(destination), std::string(kSubprotocol),
               ""} {}

bool WebSocketClientConversation::wants_connection() const {
    return !failure_ && !(codec_ && codec_->ended()) && inner_.wants_connection();
}

bool WebSocketClientConversation::accepts_input() const {
    return !open_ || (outgoing_.size() < kWebSocketReplyBytesMax && inner_.accepts_input());
}

void WebSocketClientConversation::connected(TimePoint now) {
    const Secrets secrets = draw_secrets();
    request_.key = base64_encode({secrets.key.data(), secrets.key.size()});
    codec_.emplace(WebSocketCodec::Side::kClient, secrets.mask_seed);
    append_upgrade(outgoing_, request_);
    limit_ = now + kWebSocketOpenTimeout;
}

void WebSocketClientConversation::receive(std::span<const std::byte> bytes, TimePoint now) {
    if (failure_) {
        return;
    }
    if (open_ && incoming_.empty()) {
        deliver(bytes, now);
        return;
    }
    incoming_.insert(incoming_.end(), bytes.begin(), bytes.end());
    if (open_) {
        deliver_early(now);
    } else {
        on_answer(now);
    }
}

void WebSocketClientConversation::on_answer(TimePoint now) {
    const std::string_view text(reinterpret_cast<const char*>(incoming_.data()), incoming_.size());
    const std::size_t end = text.find(kHeaderEnd);
    if (end == std::string_view::npos) {
        if (text.size() > net::kHttpHeaderBytesMax) {
            give_up(Error{ErrorCode::kLimitExceeded,
                          fmt::format("the answer to a WebSocket upgrade is larger than {} bytes",
                                      net::kHttpHeaderBytesMax)});
        }
        return;
    }
    const std::size_t size = end + kHeaderEnd.size();
    if (auto agreed = check_agreement(std::span(incoming_).first(size), request_); !agreed) {
        give_up(std::move(agreed).error());
        return;
    }
    open_ = true;
    limit_ = TimePoint::max();
    if (size < incoming_.size()) {
        limit_ = now;
    }
    // Frames that came along are delivered in a turn of their own: the conversation may remove
    // itself from inside connected().
    incoming_ = Buffer(incoming_.begin() + static_cast<std::ptrdiff_t>(size), incoming_.end());
    inner_.connected(now);
}

void WebSocketClientConversation::deliver(std::span<const std::byte> frames, TimePoint now) {
    Buffer data;
    codec_->decode(frames, data, outgoing_);
    if (!data.empty()) {
        inner_.receive(data, now);
    }
}

void WebSocketClientConversation::deliver_early(TimePoint now) {
    limit_ = TimePoint::max();
    const Buffer frames = std::exchange(incoming_, {});
    deliver(frames, now);
}

void WebSocketClientConversation::take_outgoing(Buffer& buffer) {
    std::swap(buffer, outgoing_);
    if (!open_ || codec_->ended()) {
        return;
    }
    const bool last = !inner_.wants_connection();
    Buffer data;
    inner_.take_outgoing(data);
    carries_ = !data.empty();
    codec_->encode(data, buffer);
    if (last && data.empty()) {
        codec_->end(kNormalClosure, buffer);
    }
}

void WebSocketClientConversation::sent(TimePoint now) {
    if (std::exchange(carries_, false)) {
        inner_.sent(now);
    }
}

void WebSocketClientConversation::give_up(Error why) {
    failure_ = std::move(why);
}

void WebSocketClientConversation::disconnected(const Error& why, TimePoint now) {
    Error reason = why;
    if (failure_) {
        reason = *std::move(failure_);
    } else if (codec_ && codec_->failure()) {
        reason = *codec_->failure();
    }
    failure_.reset();
    codec_.reset();
    incoming_ = Buffer();
    outgoing_ = Buffer();
    limit_ = TimePoint::max();
    open_ = carries_ = false;
    inner_.disconnected(reason, now);
}

void WebSocketClientConversation::advance(TimePoint now) {
    if (limit_ <= now && open_) {
        deliver_early(now);
        return;
    }
    if (limit_ <= now) {
        limit_ = TimePoint::max();
        give_up(Error{ErrorCode::kTimedOut, "the server did not answer the WebSocket upgrade"});
        return;
    }
    const auto due = inner_.next_deadline();
    if (due && *due <= now) {
        inner_.advance(now);
    }
}

std::optional<TimePoint> WebSocketClientConversation::next_deadline() const {
    const auto inner = inner_.next_deadline();
    if (limit_ == TimePoint::max()) {
        return inner;
    }
    return inner ? std::min(*inner, limit_) : limit_;
}

}  // namespace twinstorm::asio_net
