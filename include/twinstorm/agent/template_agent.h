// An agent that acts out a persona file: its twin's dialect, its schedule, its messages.
//
// Use:    as Agent dispatches to it, see agent.h. Needs a Persona with a source.
// Owner:  one device; borrows its Persona. Same seed and same instants, same bytes.
// Size:   values that the twin left at their defaults are shared; nothing is allocated for a
//         message once its batch is warm.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/agent/batch.h"
#include "twinstorm/agent/desired_state.h"
#include "twinstorm/agent/patience.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/agent/persona_template.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::agent {

struct Moment;

class TemplateAgent {
public:
    TemplateAgent(const Persona& persona, std::string_view device_id, std::uint64_t seed,
                  WallAnchor anchor);

    void start(TimePoint intended);

    [[nodiscard]] std::optional<boost::json::object> apply(const boost::json::object& desired,
                                                           const boost::json::object* changed,
                                                           TimePoint now);

    [[nodiscard]] std::optional<TimePoint> next_send() const;
    void send_due(TimePoint now, Workbench& bench);
    void flush(TimePoint now, Workbench& bench);  // Nothing, unless the persona flushes.
    void emit(TimePoint at, Workbench& bench);    // The persona's messages, in turn.

    void link_ready(TimePoint now);
    void link_lost(TimePoint now);
    void message_sent(std::size_t bytes);
    void message_failed();
    [[nodiscard]] Patience patience() const;

    // A persona file knows no threats: playbooks pass it by.
    void play(host::PlaybookId playbook, TimePoint at, host::PlayNumber number = 0);

    // None: whatever is made is sent, and what waits too long is the device's to count.
    [[nodiscard]] static std::uint64_t events_dropped() { return 0; }

    [[nodiscard]] const DesiredState& desired() const { return state_; }

private:
    // Where one of the template's messages stands on its raster.
    struct Turn {
        static constexpr TimePoint kNever = TimePoint::max();

        TimePoint on_raster = kNever;  // Without its jitter.
        TimePoint next = kNever;
        std::uint64_t step = 0;
    };
    using Counts = std::array<std::uint32_t, kTemplateEventsMax>;

    [[nodiscard]] const PersonaTemplate& source() const { return *persona_->source; }
    [[nodiscard]] bool silent() const;
    [[nodiscard]] std::optional<Duration> period(std::size_t message) const;
    [[nodiscard]] std::vector<std::optional<Duration>> periods() const;
    [[nodiscard]] TimePoint first(std::size_t message, Duration period, TimePoint intended) const;
    void plan(std::size_t message, TimePoint on_raster);
    [[nodiscard]] bool is_skipped(std::size_t message, TimePoint at) const;
    [[nodiscard]] Moment moment(TimePoint at) const;
    void write(std::size_t message, const Counts& counts, TimePoint at, Random& random,
               Workbench& bench);
    void send(std::size_t message, TimePoint at, Workbench& bench);

    const Persona* persona_;
    std::uint64_t seed_;
    WallAnchor anchor_;
    std::string device_id_;
    DesiredState state_;
    std::vector<Turn> turns_;
    std::uint64_t drawn_ = 0;     // Messages begun: each draws from a number of its own.
    std::uint64_t sequence_ = 0;  // Messages made.
    std::uint64_t emitted_ = 0;
    bool started_ = false;
    bool linked_ = false;
};

}  // namespace twinstorm::agent
