// One AMQP connection: no sockets, no clock, no threads. TLS and WebSockets are below it.
//
// In turn: a protocol header; SASL, if the client begins with it; AMQP's own header; frames, each
// checked by FrameGuard, then given to Proton. What the ports answer later wakes it: the work is
// done in the turn that follows, never in the callback.
// Owner:  the loop. The service knows it by address until it is gone; it may outlive the service.
// Limits: limits.h. Whatever arrives, at worst this connection is closed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "amqp/engine.h"
#include "amqp/frame_guard.h"
#include "amqp/links.h"
#include "amqp/sasl.h"
#include "amqp/shared.h"
#include "twinstorm/net/server_conversation.h"

namespace twinstorm::amqp {

class ServiceConversation final : public net::ServerConversation {
public:
    ServiceConversation(Service::Shared& shared, net::Handle handle, std::string peer,
                        TimePoint now);
    ~ServiceConversation() override;

    [[nodiscard]] bool wants_connection() const override { return phase_ != Phase::kEnded; }
    void connected(TimePoint now) override;
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override;
    void sent(TimePoint now) override;
    [[nodiscard]] bool accepts_input() const override;
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
    void moved(net::Handle handle, TimePoint now) override;

    void forget_service();
    void drop();  // From outside a call of the loop: without a word.

private:
    enum class Phase : std::uint8_t {
        kHeader,
        kSasl,
        kAuthenticating,  // A password is being checked; nothing more is read meanwhile.
        kAmqpHeader,
        kOpen,
        kClosing,  // Our CLOSE is on its way.
        kEnded,
    };

    // A password's verdict; its callback holds it weakly, as the connection may have gone.
    struct Later {
        std::optional<Result<WallTime>> verdict;
    };

    void turn(TimePoint now);
    [[nodiscard]] bool step(TimePoint now);
    [[nodiscard]] bool take_header();
    [[nodiscard]] bool take_sasl_frame();
    [[nodiscard]] bool take_verdict();
    [[nodiscard]] bool take_frame(TimePoint now);
    void handle_events(TimePoint now);
    void handle(pn_event_t* event, WallTime now);
    void check_deadlines(TimePoint now);
    void fail_with(const Condition& why, TimePoint now);
    void end();
    void drop_input(std::size_t bytes);
    [[nodiscard]] std::span<const std::byte> input() const;
    void poke();

    Service::Shared* shared_;  // None once the service has ended.
    net::Handle handle_;
    std::string peer_;
    Phase phase_ = Phase::kHeader;
    bool in_turn_ = false;
    bool poked_ = false;
    // For callbacks that come when this may be gone: they hold it weakly.
    std::shared_ptr<ServiceConversation*> alive_;
    std::shared_ptr<Later> later_;
    Buffer input_;
    std::size_t input_taken_ = 0;
    Buffer outgoing_;  // Headers and SASL; Proton keeps its own.
    std::unique_ptr<Engine> engine_;
    FrameGuard guard_;
    std::unique_ptr<Links> links_;
    TimePoint used_;  // When it last had a link and a good token.
    TimePoint phase_ends_;
    std::optional<TimePoint> tick_;
    std::optional<TimePoint> links_due_;
};

}  // namespace twinstorm::amqp
