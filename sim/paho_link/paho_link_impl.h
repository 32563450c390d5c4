// What is behind a PahoLink: its state, and the events that change it.
//
// Use:    PahoLink hands its calls on; sink() carries Paho's events to take(), on the loop.
// Owner:  the link, on its worker's thread; only the sink of its client is called elsewhere. One
//         client serves all connections of a client id, so that Paho can resume its session; it is
//         thrown away when its state is in doubt.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "paho_link/client.h"
#include "paho_link/event.h"
#include "paho_link/kept_messages.h"
#include "twinstorm/paho_link/paho_link.h"

namespace twinstorm::paho_link {

class PahoLink::Impl final : public net::Activity, public std::enable_shared_from_this<Impl> {
public:
    Impl(Options options, const RealClock& clock, net::Loop& loop)
        : options_(std::move(options)), clock_(clock), loop_(loop) {}

    net::Handle attach(net::LinkUser& user);
    void abandon();

    void open(const net::OpenRequest& request, TimePoint now);
    void close(TimePoint now);
    void subscribe(std::span<const net::TopicFilter> filters);
    net::PublishId publish(const net::Message& message);

    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

private:
    enum class State : std::uint8_t {
        kIdle,
        kOpening,  // Paho connects.
        kOpen,
        kEnding,  // on_closed() will follow.
    };

    [[nodiscard]] Client::Sink sink();
    [[nodiscard]] Result<void> connect(const net::OpenRequest& request);
    void post(Event event, TimePoint at);
    void take(std::uint32_t connection, const Event& event, TimePoint at);
    [[nodiscard]] bool is_current(std::uint32_t connection) const;

    void on(const Opened& event, TimePoint at);
    void on(const OpenFailed& event, TimePoint at);
    void on(const Subscribed& event, TimePoint at);
    void on(const Arrived& event, TimePoint at);
    void on(const Acknowledged& event, TimePoint at);
    void on(const NotDelivered& event, TimePoint at);
    void on(const Lost& event, TimePoint at);
    void on(const Disconnected& event, TimePoint at);
    void on(const Sent& event, TimePoint at);
    void on(const Broken& event, TimePoint at);
    void on(const Ended& event, TimePoint at);

    void resend();
    void take_back(const NotDelivered& event);
    void handed_over();
    void say_sent();
    void break_off(const Error& why);
    void disconnect(Error why, TimePoint now);
    void end_later(Error why, TimePoint at);
    void finish(TimePoint at);
    void discard_client();

    Options options_;
    const RealClock& clock_;
    net::Loop& loop_;
    net::LinkUser* user_ = nullptr;
    net::Handle handle_ = 0;

    State state_ = State::kIdle;
    std::uint32_t connection_ = 0;  // Tells events of the present connection from older ones.
    std::string client_id_;
    std::unique_ptr<Client> client_;
    KeptMessages kept_;
    net::PublishId last_publish_id_ = 0;
    std::optional<TimePoint> handed_over_at_;  // On_sent() is owed.
    std::optional<TimePoint> give_up_at_;      // How long a disconnect may take.
    Error ending_;
    bool broken_ = false;
};

}  // namespace twinstorm::paho_link
