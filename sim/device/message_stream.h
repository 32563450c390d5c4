// The messages of one identity: when they are offered, where they wait, how they end.
//
// Use:    the device says when its link is ready or lost; offers come from the load, from the
//         agent's schedule and from flush(). Every offered message ends as acknowledged or failed,
//         or is still in flight or waiting when one looks: the ledger's four columns, of security
//         messages and of plain telemetry each by themselves.
// Owner:  one device.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/agent/agent.h"
#include "twinstorm/device/device.h"
#include "twinstorm/device/played_messages.h"
#include "twinstorm/device/profile.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/net/message_link.h"

namespace twinstorm::device {

class MessageStream {
public:
    MessageStream(const Profile& profile, Workplace& workplace, stats::Recorder& recorder,
                  const iothub::IdentityName& identity, std::uint64_t seed);

    // Between the two the agent's own schedule counts.
    void begin_process() { running_ = true; }
    void end_process() { running_ = false; }
    void forget_waiting(agent::Agent& agent);  // What waits was lost with a process: it failed.

    void start_load(TimePoint at);
    void stop_load();
    void flush(agent::Agent& agent, TimePoint now);

    void link_ready(net::MessageLink& link, agent::Agent& agent, TimePoint now);
    void link_lost();
    void advance(agent::Agent& agent, TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline(const agent::Agent& agent) const;

    void on_sent(TimePoint now);
    void on_given_up(net::PublishId id, agent::Agent& agent);
    void on_acknowledged(net::PublishId id, agent::Agent& agent, TimePoint now);

    [[nodiscard]] std::size_t in_flight() const { return sent_.size(); }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size() - waiting_head_; }
    [[nodiscard]] Account account(agent::MessageKind kind) const;
    [[nodiscard]] const PlayedMessages* played() const { return played_.get(); }

private:
    struct Waiting {
        TimePoint intended;
        std::uint64_t sequence = 0;
        agent::Part part;  // Its span means nothing here.
        std::string body;
    };
    struct Sent {
        net::PublishId id = 0;
        std::uint32_t bytes = 0;
        std::uint64_t sequence = 0;
        TimePoint intended;
        TimePoint sent_at;
        agent::MessageKind kind = agent::MessageKind::kSecurity;
        bool stamped = false;  // sent_at is known.
    };

    [[nodiscard]] std::optional<TimePoint> scheduled(const agent::Agent& agent) const;
    [[nodiscard]] std::optional<TimePoint> expiry(const agent::Patience& patience) const;
    void offer_batch(agent::Agent& agent, TimePoint intended, TimePoint now);
    void offer(agent::Agent& agent, const agent::Part& part, TimePoint intended, TimePoint now);
    void publish(const agent::Agent& agent, const agent::Part& part, TimePoint intended,
                 std::uint64_t sequence, std::string_view body, TimePoint now);
    void fail_oldest(agent::Agent& agent);
    void expire(agent::Agent& agent, TimePoint now);
    void drain(const agent::Agent& agent, TimePoint now);
    void tidy_up();
    void remember(const agent::Part& part, std::uint64_t sequence);
    void fill_closed_load(agent::Agent& agent, TimePoint now);
    [[nodiscard]] bool can_send() const { return link_ != nullptr && sent_.size() < window_; }

    const Profile& profile_;
    Workplace& workplace_;
    stats::Recorder& recorder_;
    std::string topic_head_;  // Up to the message id's value.
    std::uint64_t seed_;
    std::size_t window_;
    net::MessageLink* link_ = nullptr;
    TimePoint link_since_{};
    std::optional<load::Arrivals> arrivals_;
    std::optional<TimePoint> closed_load_begin_;
    std::uint32_t loads_started_ = 0;
    bool running_ = false;
    std::uint64_t sequence_ = 0;
    std::array<std::uint64_t, 2> acked_{};  // By kind.
    std::vector<Waiting> waiting_;
    std::size_t waiting_head_ = 0;
    std::uint64_t waiting_bytes_ = 0;
    std::vector<Sent> sent_;
    std::unique_ptr<PlayedMessages> played_;  // None on almost all devices.
};

}  // namespace twinstorm::device
