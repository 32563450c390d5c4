// A message link on a live loop, the server that it talks to, and a user who writes down what he
// is told: the stage of the port's suite.
//
// Use:    act, then run_until() something has been heard. A test that waits too long fails.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/scripted_broker.h"
#include "twinstorm/asio_net/asio_loop.h"
#include "twinstorm/base/real_clock.h"
#include "twinstorm/net/message_link.h"

namespace twinstorm {

// What the user was told, each with its time.
class RecordingUser final : public net::LinkUser {
public:
    struct Received {
        std::string topic;
        std::string payload;
        std::uint8_t qos = 0;
        bool duplicate = false;
    };

    std::vector<net::OpenReply> opened;
    std::vector<bool> subscribed;
    std::vector<Received> messages;
    std::vector<net::PublishId> acknowledged;
    std::vector<Error> closed;
    std::size_t sent = 0;
    std::size_t sent_before_first_acknowledged = 0;
    std::vector<TimePoint> advanced;
    std::vector<TimePoint> told;  // The time of each on_...(), in order.

    std::optional<TimePoint> deadline;
    std::function<void()> on_told;   // After each on_...() and advance().
    std::function<void()> on_open;   // Inside on_opened().
    std::function<void()> on_close;  // Inside on_closed().

    void on_opened(const net::OpenReply& reply, TimePoint now) override;
    void on_subscribed(bool granted, TimePoint now) override;
    void on_message(const net::Message& message, TimePoint now) override;
    void on_acknowledged(net::PublishId id, TimePoint now) override;
    void on_sent(TimePoint now) override;
    void on_closed(const Error& why, TimePoint now) override;
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return deadline; }

private:
    void tell(TimePoint now);
};

struct LinkOnLoop {
    std::unique_ptr<net::MessageLink> link;
    net::Handle handle = 0;
};

struct LinkPlace {
    const RealClock& clock;
    asio_net::AsioLoop& loop;
    net::Destination destination;
    std::string ca_file;
};

// One way to make a link: the parameter of the suite.
struct LinkKind {
    std::string name;
    std::function<LinkOnLoop(const LinkPlace& place, net::LinkUser& user)> make;

    friend void PrintTo(const LinkKind& kind, std::ostream* out) { *out << kind.name; }
};

class MessageLinkWorld {
public:
    enum class Trust : std::uint8_t { kPlain, kTls, kTlsWithWrongCa };

    explicit MessageLinkWorld(LinkKind kind, Trust trust = Trust::kPlain);
    ~MessageLinkWorld();
    MessageLinkWorld(const MessageLinkWorld&) = delete;
    MessageLinkWorld& operator=(const MessageLinkWorld&) = delete;

    // `destination` as listened to, unless a test says otherwise before it.
    void connect_to(const net::Destination& destination);
    [[nodiscard]] net::Destination destination() const { return destination_; }
    void drop_link();  // As its owner does: removed, then destroyed.

    // Further links to the same server, for other users.
    [[nodiscard]] LinkOnLoop add_link(net::LinkUser& another);
    void remove(LinkOnLoop& linked);

    [[nodiscard]] net::MessageLink& link() { return *linked_.link; }
    [[nodiscard]] TimePoint now() const { return loop_->now(); }
    // Calls from outside the loop: what they change is looked at.
    void open(bool clean_session = false, std::string password = "token");
    void close();
    net::PublishId publish(std::string_view topic, std::string_view payload, std::uint8_t qos = 1);
    void subscribe(std::vector<net::TopicFilter> filters);

    [[nodiscard]] bool run_until(std::function<bool()> done);  // False: it took too long.
    [[nodiscard]] testing::AssertionResult open_and_wait(bool clean_session = false);
    void run_what_is_posted();

private:
    class Watchdog;
    void look();

    const LinkKind kind_;
    const RealClock clock_;
    std::string ca_file_;
    std::optional<asio_net::TlsContext> client_tls_;
    std::optional<asio_net::TlsContext> server_tls_;
    // Ends first: the sessions in it still know the broker.
    std::optional<asio_net::AsioLoop> loop_;

public:
    ScriptedBroker broker;
    RecordingUser user;

private:
    net::Destination destination_;
    LinkOnLoop linked_;
    std::function<bool()> done_;
};

}  // namespace twinstorm
