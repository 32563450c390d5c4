// One identity of a virtual device: its agent, its connection and its twin. A device with several
// personas has one of these for each.
//
// Use:    start() wishes a connection; from then on it connects, subscribes, reads its twin,
//         applies and reports its configuration, sends its messages, renews its token and comes
//         back after a loss, all by itself, as its persona's SDK does.
// Owner:  one worker. Same seed and same instants, same bytes. Draws from (run seed, ids) only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "twinstorm/agent/batch.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/device/played_messages.h"
#include "twinstorm/device/profile.h"
#include "twinstorm/host/playbook.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/net/message_link.h"

namespace twinstorm::device {

struct Identity {
    std::uint32_t number = 0;  // In the whole fleet, from 0.
    iothub::IdentityName name;
    Secret key;  // Base64.
};

// Where messages of one kind are, counted one by one.
struct Account {
    std::uint64_t in_flight = 0;  // Sent, without an answer.
    std::uint64_t waiting = 0;    // Never sent.
    std::uint64_t acked = 0;
};

class Device final : public net::LinkUser {
public:
    Device(Identity identity, const Profile& profile, Workplace& workplace,
           stats::Recorder& recorder, Observer& observer, std::uint64_t run_seed);
    ~Device() override;

    void attach(net::MessageLink& link) { link_ = &link; }  // Before start(); borrowed.

    void start(TimePoint intended, TimePoint now);  // Off, or on the way there.
    void stop(TimePoint now);  // Closes in good order; what is in flight stays in flight.
    void start_load(TimePoint at);
    void stop_load();
    void end_offers();  // Nor does its own schedule send any more.
    void play(host::PlaybookId playbook, TimePoint at, host::PlayNumber number = 0);

    [[nodiscard]] bool connected() const { return is_connected(state_); }
    [[nodiscard]] std::uint32_t number() const { return identity_.number; }
    [[nodiscard]] const iothub::IdentityName& name() const { return identity_.name; }
    [[nodiscard]] const agent::Persona& persona() const { return profile_.persona; }
    [[nodiscard]] Account account(agent::MessageKind kind) const;
    [[nodiscard]] const PlayedMessages* played_messages() const;  // None: it made none.
    [[nodiscard]] std::size_t messages_in_flight() const;
    [[nodiscard]] std::size_t messages_waiting() const;

    // net::LinkUser
    void on_opened(const net::OpenReply& reply, TimePoint now) override;
    void on_subscribed(bool granted, TimePoint now) override;
    void on_message(const net::Message& message, TimePoint now) override;
    void on_acknowledged(net::PublishId id, TimePoint now) override;
    void on_given_up(net::PublishId id, TimePoint now) override;
    void on_sent(TimePoint now) override;
    void on_closed(const Error& why, TimePoint now) override;
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
    void foresee(unsigned depth, TimePoint until) const override;

private:
    enum class State : std::uint8_t {
        kOff,
        kOpening,
        kSubscribing,
        kReading,  // The twin's first GET of this connection is under way.
        kReady,
        kWaiting,   // For the next attempt, after a failure.
        kRenewing,  // Closing in order to come back with a new token.
        kCrashing,  // Closing because the agent's process ends.
        kStopping,
    };
    struct Parts;  // Twin session, message stream and agent: sim/device/device_parts.h.

    [[nodiscard]] static bool is_connected(State state) {
        return state == State::kSubscribing || state == State::kReading || state == State::kReady;
    }
    void enter(State next);
    void begin_process(TimePoint intended);
    void open(TimePoint now);
    void count_opened(TimePoint now);
    void become_ready(TimePoint now);
    void lose_link(TimePoint now);
    void crash(TimePoint now);
    void await_restart(TimePoint now);
    void see_desired(std::optional<boost::json::object> changed, TimePoint now);
    void apply(std::int64_t version, const boost::json::object& desired,
               const boost::json::object* changed, TimePoint now);
    void report_again(TimePoint now);
    void take_tick(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> patience_ends() const;

    Identity identity_;
    const Profile& profile_;
    Workplace& workplace_;
    stats::Recorder& recorder_;
    Observer& observer_;
    net::MessageLink* link_ = nullptr;
    Random random_;
    State state_ = State::kOff;
    bool was_open_ = false;     // Ever.
    bool was_ready_ = false;    // Ever.
    bool lost_ = false;         // Since the last loss, not yet open again.
    bool restarting_ = false;   // retry_at_ is when the process comes back.
    bool start_again_ = false;  // Started while it was still stopping.
    std::uint8_t refusal_ = 0;  // Of the last CONNACK.
    std::uint32_t attempt_ = 0;
    TimePoint wished_at_{};  // First wish to connect, or the loss.
    std::optional<TimePoint> retry_at_;
    std::optional<TimePoint> renew_at_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace twinstorm::device
