// One virtual device: its agent's module identity, its connection and its module twin.
//
// Use:    start() wishes a connection; from then on it connects, subscribes, reads its twin,
// applies
//         and reports its configuration, sends its messages, renews its token and comes back after
//         a loss, all by itself. Life: connect -> subscribe -> GET -> apply -> report -> notices.
// Owner:  one worker. Same seed and same instants, same bytes. Draws from (run seed, device id)
// only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "twinstorm/agent/micro_agent.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/device/profile.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/net/message_link.h"

namespace twinstorm::device {

struct Identity {
    std::uint32_t number = 0;  // In the whole fleet, from 0.
    iothub::IdentityName name;
    Secret key;  // Base64.
};

class Device final : public net::LinkUser {
public:
    Device(Identity identity, const Profile& profile, Workplace& workplace,
           stats::Recorder& recorder, Observer& observer, std::uint64_t run_seed);
    ~Device() override;

    void attach(net::MessageLink& link) { link_ = &link; }  // Before start(); borrowed.

    void start(TimePoint intended, TimePoint now);
    void stop(TimePoint now);  // Closes in good order; what is in flight stays in flight.
    void start_load(TimePoint at);
    void stop_load();

    [[nodiscard]] bool connected() const;  // CONNACK has come, and the link still stands.
    [[nodiscard]] std::uint32_t number() const { return identity_.number; }
    [[nodiscard]] const iothub::IdentityName& name() const { return identity_.name; }
    [[nodiscard]] std::size_t messages_in_flight() const;
    [[nodiscard]] std::size_t messages_waiting() const;
    [[nodiscard]] std::uint64_t messages_acked() const;

    // net::LinkUser
    void on_opened(const net::OpenReply& reply, TimePoint now) override;
    void on_subscribed(bool granted, TimePoint now) override;
    void on_message(const net::Message& message, TimePoint now) override;
    void on_acknowledged(net::PublishId id, TimePoint now) override;
    void on_sent(TimePoint now) override;
    void on_closed(const Error& why, TimePoint now) override;
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

private:
    enum class State : std::uint8_t {
        kOff,
        kOpening,
        kSubscribing,
        kReading,  // The twin's first GET of this connection is under way.
        kReady,
        kWaiting,   // For the next attempt, after a failure.
        kRenewing,  // Closing in order to come back with a new token.
        kStopping,
    };
    struct Parts;  // Twin session, message stream and agent.

    void open(TimePoint now);
    void count_opened(TimePoint now);
    void become_ready(TimePoint now);
    void apply_desired(TimePoint now);

    Identity identity_;
    const Profile& profile_;
    Workplace& workplace_;
    stats::Recorder& recorder_;
    Observer& observer_;
    net::MessageLink* link_ = nullptr;
    Random random_;
    State state_ = State::kOff;
    bool was_open_ = false;  // Ever.
    bool lost_ = false;      // Since the last loss, not yet open again.
    std::uint32_t attempt_ = 0;
    TimePoint wished_at_{};  // First wish to connect, or the loss.
    std::optional<TimePoint> retry_at_;
    std::optional<TimePoint> renew_at_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace twinstorm::device
