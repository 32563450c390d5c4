// One connection of an HTTP listener: HTTP until it is upgraded, a WebSocket from there on.
//
// Owner:  the loop, for one connection; only a WebSocket is ever handed over to another loop.
#pragma once

#include <memory>

#include "asio_net/debtor.h"
#include "asio_net/http_server_conversation.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::asio_net {

class WebConversation final : public net::ServerConversation, public Debtor {
public:
    WebConversation(HttpService& service, net::Handle handle, const net::Peer& peer, TimePoint now);

    [[nodiscard]] bool wants_connection() const override { return stage_->wants_connection(); }
    void connected(TimePoint now) override { stage_->connected(now); }
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override { stage_->disconnected(why, now); }
    void take_outgoing(Buffer& buffer) override;
    void sent(TimePoint now) override;
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
    [[nodiscard]] bool accepts_input() const override { return stage_->accepts_input(); }
    void moved(net::Handle handle, TimePoint now) override { stage_->moved(handle, now); }
    [[nodiscard]] bool owes_answer() const override;

private:
    void upgrade(TimePoint now);

    std::unique_ptr<net::ServerConversation> stage_;
    HttpServerConversation* http_ = nullptr;  // The stage, while it is the first.
};

}  // namespace twinstorm::asio_net
