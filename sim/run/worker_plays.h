// The playbooks that a worker plays on its devices, each at its instant.
//
// Use:    seat() every identity once; begin_phase() when its begin is known; advance() when
//         next_deadline() has come; end() when the load ends; report() at the end.
// Rules:  whom and when is a pure function of (plan, device id). A device is told kPlayAhead before
//         the instant, so that a late turn makes nothing happen late: events carry the instant.
//         What a phase that ends early did not come to is not played.
// Owner:  a worker. Identities that play nothing cost nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "run/play_numbers.h"
#include "run/play_report.h"
#include "twinstorm/base/time.h"
#include "twinstorm/plan/plan.h"

namespace twinstorm::run {

class WorkerPlays {
public:
    static constexpr Duration kPlayAhead = std::chrono::seconds(1);

    using Act = std::function<void(std::uint32_t seat, host::PlaybookId playbook, TimePoint at,
                                   host::PlayNumber number)>;
    using Fill = std::function<void(std::uint32_t seat, PlayedIdentity& identity)>;

    WorkerPlays(const plan::Plan& plan, Act act);

    // An identity with a client; `seat` is the worker's own number for it. An agent that sees
    // nothing of a playbook is none of those that play it.
    void seat(std::uint32_t seat, const iothub::IdentityName& name, plan::RoleRef which);
    // Whose messages matter.
    [[nodiscard]] std::vector<iothub::IdentityName> identities() const;

    void begin_phase(std::size_t phase, TimePoint begin);  // Ends the phase before it.
    void end(TimePoint at);
    void advance(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    // `fill` adds the messages.
    [[nodiscard]] std::vector<PlayedIdentity> report(const Fill& fill) const;

private:
    struct Player {
        std::uint32_t seat = 0;
        PlayedIdentity identity;
    };
    struct Due {
        TimePoint at;
        std::size_t player = 0;
        host::PlaybookId playbook = 0;
        host::PlayNumber number = 0;
    };

    void plan_for(const PlayEntry& entry, TimePoint begin);

    const plan::Plan& plan_;
    Act act_;
    std::vector<PlayEntry> entries_;
    std::vector<plan::PhasePlays> phases_;  // By phase.
    std::vector<Player> players_;
    std::vector<Due> due_;  // Of the phase under way, the next one last.
};

}  // namespace twinstorm::run
