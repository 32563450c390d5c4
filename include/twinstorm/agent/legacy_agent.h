// The legacy security agents, in C and in C#: snapshots and aggregated events in two queues, each
// with a timer.
//
// Use:    as Agent dispatches to it, see agent.h. It sends only between link_ready() and
//         link_lost(), and not at all when the twin it starts with cannot be used: exits().
// Rules:  when a queue's timer fires and the queue is not empty, one message is made: what the
//         agent tells about itself, that queue, then padding from the other. More cached bytes
//         than one message holds are sent at once. send_due() answers for one instant, which may
//         bring no message.
// Owner:  one device; borrows its Persona.
// Size:   no event is kept: backlogs are spans of time, looked up again when they are sent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/legacy_configuration.h"
#include "twinstorm/agent/legacy_queues.h"
#include "twinstorm/agent/open_load.h"
#include "twinstorm/agent/patience.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

class LegacyAgent {
public:
    LegacyAgent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
                WallAnchor anchor);

    void start(TimePoint intended);

    [[nodiscard]] std::optional<boost::json::object> apply(const boost::json::object& desired,
                                                           const boost::json::object* changed,
                                                           TimePoint now);

    [[nodiscard]] std::optional<TimePoint> next_send() const;
    void send_due(TimePoint now, Workbench& bench);
    void flush(TimePoint, Workbench&) {}  // These agents send nothing for a new configuration.
    void emit(TimePoint at, Workbench& bench);

    void link_ready(TimePoint now);
    void link_lost(TimePoint now);
    void message_sent(std::size_t bytes);
    void message_failed() { ++messages_.failed; }
    [[nodiscard]] Patience patience() const;

    void play(host::PlaybookId playbook, TimePoint at, host::PlayNumber number = 0);

    [[nodiscard]] std::uint64_t events_dropped() const {
        return queues_->dropped() + load_.events_dropped;
    }

    // The process ends: the configuration that it found at its start is of no use.
    [[nodiscard]] bool exits() const { return exits_; }
    [[nodiscard]] Family family() const { return persona_->family; }
    [[nodiscard]] const LegacyConfiguration& configuration() const { return configuration_; }
    [[nodiscard]] std::uint64_t cached_bytes() const { return queues_->bytes(); }

private:
    static constexpr std::int32_t kNone = -1;

    struct Messages {
        std::uint32_t sent = 0;
        std::uint32_t under_4_kb = 0;
        std::uint32_t failed = 0;
    };
    struct Told {  // Statistics that were read and wait to be sent.
        std::int32_t at = kNone;
        LegacyQueues::Counts queues{};
        Messages messages;
    };

    // Instants of the agent's clock are whole seconds since its start.
    [[nodiscard]] bool started() const { return start_ != TimePoint::max(); }
    [[nodiscard]] std::int32_t second_of(TimePoint now) const;
    [[nodiscard]] std::int32_t tick_after(TimePoint now) const;
    [[nodiscard]] std::int32_t in_ticks(Duration duration) const;

    void take(const LegacyConfiguration& next, TimePoint now);
    void settle(std::int32_t second);
    void read_statistics(std::int32_t second);
    void publish(std::int32_t second, Workbench& bench);
    void build(SendPriority queue, Workbench& bench);
    [[nodiscard]] Sender sender(std::uint64_t id_seed) const;
    void tell(MessageWriter& writer);
    void plan(std::int32_t second, Workbench& bench);
    [[nodiscard]] bool raises(LegacyEvent event) const;
    [[nodiscard]] bool overflows() const;

    const Persona* persona_;
    host::Host host_;
    WallAnchor anchor_;
    std::uint64_t seed_;
    LegacyConfiguration configuration_;
    TimePoint start_ = TimePoint::max();
    std::unique_ptr<LegacyQueues> queues_;  // Large: agents of other personas need not have room.
    std::array<std::int32_t, kLegacyMistakeCount> mistakes_;  // When raised, or kNone.
    std::int32_t wake_ = 0;                                   // The next instant.
    std::int32_t woken_ = kNone;                              // The last one.
    std::int32_t fired_high_ = 0;
    std::int32_t fired_low_ = 0;
    std::int32_t statistics_at_ = 0;  // Read last.
    Messages messages_;               // Since then.
    Told told_;
    bool linked_ = false;
    bool configured_ = false;
    bool exits_ = false;
    bool unsettled_ = true;  // Timers that ran out meanwhile fire at the next tick.
    std::uint64_t built_ = 0;
    OpenLoad load_;
};

}  // namespace twinstorm::agent
