// A server's conversation inside a WebSocket: takes the frames off, and puts them on.
//
// Use:    once the upgrade was agreed to, with what is still to be said of HTTP.
// Rules:  when the conversation no longer wants its connection, a close frame goes last.
// Owner:  as the conversation's own. Nothing is done after a call of it that may have removed it.
#pragma once

#include <memory>

#include "asio_net/websocket_codec.h"
#include "twinstorm/net/server_conversation.h"

namespace twinstorm::asio_net {

class WebSocketServerConversation final : public net::ServerConversation {
public:
    WebSocketServerConversation(std::unique_ptr<net::ServerConversation> inner, Buffer outgoing);

    [[nodiscard]] bool wants_connection() const override;
    void connected(TimePoint now) override { inner_->connected(now); }
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override;
    void sent(TimePoint now) override;
    void advance(TimePoint now) override { inner_->advance(now); }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
    [[nodiscard]] bool accepts_input() const override;
    void moved(net::Handle handle, TimePoint now) override { inner_->moved(handle, now); }

private:
    const std::unique_ptr<net::ServerConversation> inner_;
    WebSocketCodec codec_{WebSocketCodec::Side::kServer};
    Buffer outgoing_;
    bool carries_ = false;  // The write under way holds bytes of the conversation.
};

}  // namespace twinstorm::asio_net
