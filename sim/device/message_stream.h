// The security messages of one device: when they are offered, where they wait, how they end.
//
// Use:    the device says when its link is ready or lost; offers come from the load, from the
//         agent's schedule and from flush(). Every offered message ends as acknowledged or failed,
//         or is still in flight or waiting when one looks: the ledger's four columns.
// Owner:  one device.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "twinstorm/agent/micro_agent.h"
#include "twinstorm/device/profile.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/net/message_link.h"

namespace twinstorm::device {

class MessageStream {
public:
    MessageStream(const Profile& profile, Workplace& workplace, stats::Recorder& recorder,
                  const iothub::IdentityName& identity, std::uint64_t seed);

    void start_load(TimePoint at);
    void stop_load();
    void flush(agent::MicroAgent& agent, TimePoint now);

    void link_ready(net::MessageLink& link, agent::MicroAgent& agent, TimePoint now);
    void link_lost();
    void advance(agent::MicroAgent& agent, TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline(const agent::MicroAgent& agent) const;

    void on_sent(TimePoint now);
    void on_acknowledged(net::PublishId id, agent::MicroAgent& agent, TimePoint now);

    [[nodiscard]] std::size_t in_flight() const { return sent_.size(); }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size() - waiting_head_; }
    [[nodiscard]] std::uint64_t acked() const { return acked_; }

private:
    struct Waiting {
        TimePoint intended;
        std::uint64_t sequence = 0;
        std::string body;
    };
    struct Sent {
        net::PublishId id = 0;
        TimePoint intended;
        TimePoint sent_at;
        bool stamped = false;  // sent_at is known.
    };

    [[nodiscard]] std::optional<TimePoint> scheduled(const agent::MicroAgent& agent) const;
    void offer(TimePoint intended, TimePoint now);  // What stands in workplace_.body.
    void publish(TimePoint intended, std::uint64_t sequence, std::string_view body, TimePoint now);
    void drain(TimePoint now);
    void fill_closed_load(agent::MicroAgent& agent, TimePoint now);
    [[nodiscard]] bool can_send() const { return link_ != nullptr && sent_.size() < window_; }

    const Profile& profile_;
    Workplace& workplace_;
    stats::Recorder& recorder_;
    std::string topic_head_;  // Up to the message id's value.
    std::uint64_t seed_;
    std::size_t window_;
    net::MessageLink* link_ = nullptr;
    std::optional<load::Arrivals> arrivals_;
    std::optional<TimePoint> closed_load_begin_;
    std::uint32_t loads_started_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t acked_ = 0;
    std::vector<Waiting> waiting_;
    std::size_t waiting_head_ = 0;
    std::vector<Sent> sent_;
};

}  // namespace twinstorm::device
