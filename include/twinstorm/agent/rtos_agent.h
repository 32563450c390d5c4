// The micro agent inside an RTOS: no twin, no queue, one message for each cycle.
//
// Use:    as Agent dispatches to it, see agent.h.
// Rules:  flows every 10 s, system information and heartbeat every 60 s, all that is due in one
//         message. It collects while it waits for a connection, but a pending message gives way to
//         the next; after 300 s without a connection it collects nothing until there is one. Its
//         own traffic to the hub is a flow like any other, so there is always something to send.
// Limits: 64 flows a cycle; further ones are dropped and counted.
// Owner:  one device; borrows its Persona.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/open_load.h"
#include "twinstorm/agent/patience.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

class RtosAgent {
public:
    static constexpr std::chrono::seconds kHighInterval{10};
    static constexpr std::chrono::seconds kLowInterval{60};
    static constexpr std::chrono::seconds kPendingAtMost{300};
    static constexpr std::size_t kFlowsMax = 64;

    enum class State : std::uint8_t { kNotInitialized, kPending, kActive, kSuspended };

    RtosAgent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
              WallAnchor anchor);

    void start(TimePoint intended);

    // Its configuration is compiled in.
    [[nodiscard]] std::optional<boost::json::object> apply(const boost::json::object&,
                                                           const boost::json::object*, TimePoint) {
        return std::nullopt;
    }

    [[nodiscard]] std::optional<TimePoint> next_send() const;
    void send_due(TimePoint now, Workbench& bench);
    void flush(TimePoint, Workbench&) {}
    void emit(TimePoint at, Workbench& bench);

    void link_ready(TimePoint now);
    void link_lost(TimePoint now);
    void message_sent(std::size_t) {}
    void message_failed() {}
    [[nodiscard]] Patience patience() const;

    void play(host::PlaybookId playbook, TimePoint at, host::PlayNumber number = 0) {
        host_.play(playbook, at, number);
    }

    [[nodiscard]] std::uint64_t events_dropped() const {
        return events_dropped_ + load_.events_dropped;
    }

    [[nodiscard]] State state(TimePoint now) const;

private:
    [[nodiscard]] Sender sender(std::uint64_t id_seed) const;
    void add_own_traffic(TimePoint at, host::Happenings& seen) const;

    const Persona* persona_;
    host::Host host_;
    WallAnchor anchor_;
    std::uint64_t seed_;
    TimePoint first_ = TimePoint::max();  // Collection.
    TimePoint next_ = TimePoint::max();
    TimePoint unsent_since_;
    TimePoint lost_at_;  // Or the start.
    bool linked_ = false;
    std::uint64_t events_dropped_ = 0;
    OpenLoad load_;
};

}  // namespace twinstorm::agent
