// The Defender micro agent for Linux: eleven collectors, each with its interval.
//
// Use:    as Agent dispatches to it, see agent.h.
// Rules:  the first collection comes 30..89 s after the start, drawn from the seed; then each
//         collector follows the interval of its priority. Trigger collectors take their snapshot
//         when they come due; event collectors look at what happened since they last sent.
//         send_due() answers for one due instant: the first, whatever `now` is beyond it.
// Owner:  one device; borrows its Persona.
// Size:   no event is kept; what is sent is looked up when it is sent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/collector_counts.h"
#include "twinstorm/agent/collector_set.h"
#include "twinstorm/agent/configuration.h"
#include "twinstorm/agent/open_load.h"
#include "twinstorm/agent/patience.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/agent/schedule.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

inline constexpr std::string_view kMicroAgentVersion = "4.6.2";
// Less than the hub takes, which counts properties as well.
inline constexpr std::size_t kMicroMessageBytesMax = std::size_t{255} * 1024;

class MicroAgent {
public:
    MicroAgent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
               WallAnchor anchor);

    void start(TimePoint intended);

    [[nodiscard]] std::optional<boost::json::object> apply(const boost::json::object& desired,
                                                           const boost::json::object* changed,
                                                           TimePoint now);

    [[nodiscard]] std::optional<TimePoint> next_send() const { return schedule_.next(); }
    void send_due(TimePoint now, Workbench& bench);
    void flush(TimePoint now, Workbench& bench);
    void emit(TimePoint at, Workbench& bench);

    void link_ready(TimePoint) {}
    void link_lost(TimePoint) {}
    void message_sent(std::size_t bytes);
    void message_failed() { ++counts_.messages_failed; }
    [[nodiscard]] Patience patience() const;

    void play(host::PlaybookId playbook, TimePoint at, host::PlayNumber number = 0) {
        host_.play(playbook, at, number);
    }

    [[nodiscard]] std::uint64_t events_dropped() const { return counts_.dropped(); }

    [[nodiscard]] const Configuration& configuration() const { return configuration_; }
    [[nodiscard]] const host::Host& host() const { return host_; }
    [[nodiscard]] const CollectorCounts& counts() const { return counts_; }

private:
    using Instants = std::array<TimePoint, kEventCollectors.size()>;

    void take(const Configuration& next, TimePoint now);
    void write(CollectorSet which, TimePoint at, Workbench& bench);
    void write_one(CollectorSet which, TimePoint at, Workbench& bench);
    [[nodiscard]] CollectorSet enabled_event_collectors() const;
    [[nodiscard]] Sender sender(std::uint64_t id_seed) const;

    const Persona* persona_;
    host::Host host_;
    WallAnchor anchor_;
    std::uint64_t seed_;
    Configuration configuration_;
    Schedule schedule_;
    Instants unsent_since_;  // As kEventCollectors lists them.
    CollectorCounts counts_;
    OpenLoad load_;
};

}  // namespace twinstorm::agent
