// A client's conversation inside a WebSocket: upgrades each connection, then frames its bytes.
//
// Use:    stands before the conversation that is carried, which is connected once the server has
//         agreed, and learns in disconnected() why it did not.
// Owner:  the connection; the conversation is borrowed, and may remove itself from inside any call:
//         nothing is done after one.
#pragma once

#include <optional>

#include "asio_net/debtor.h"
#include "asio_net/websocket_codec.h"
#include "asio_net/websocket_handshake.h"
#include "twinstorm/net/conversation.h"

namespace twinstorm::asio_net {

class WebSocketClientConversation final : public net::Conversation, public Debtor {
public:
    WebSocketClientConversation(net::Conversation& inner, const net::Destination& destination);

    [[nodiscard]] bool wants_connection() const override;
    void connected(TimePoint now) override;
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override;
    void sent(TimePoint now) override;
    void woken() override { inner_.woken(); }
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
    [[nodiscard]] bool accepts_input() const override;
    // Frames that came along with the server's answer, and perhaps with its end, are still to be
    // told.
    [[nodiscard]] bool owes_answer() const override { return open_ && !incoming_.empty(); }

private:
    void on_answer(TimePoint now);
    void deliver(std::span<const std::byte> frames, TimePoint now);
    void deliver_early(TimePoint now);
    void give_up(Error why);

    net::Conversation& inner_;
    UpgradeRequest request_;
    std::optional<WebSocketCodec> codec_;  // While connected.
    Buffer incoming_;  // An answer that is not whole yet, or frames that came along with it.
    Buffer outgoing_;
    TimePoint limit_ = TimePoint::max();  // For the server's answer, or for such early frames.
    std::optional<Error> failure_;        // Why this side gave the connection up.
    bool open_ = false;
    bool carries_ = false;  // The write under way holds bytes of the conversation.
};

}  // namespace twinstorm::asio_net
