// What workers and the coordinator say to each other: values, posted from loop to loop.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "run/play_report.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/plan/life_cycle.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::run {

inline constexpr std::size_t kErrorKindsMax =
    32;  // Different connection errors that are told apart.

// One second of one worker, or the rest of one at the end.
struct SecondReport {
    std::size_t worker = 0;
    std::uint32_t second = 0;
    std::vector<stats::Recording> roles;  // By role, see RoleIndex; then one of the worker itself.
    std::uint32_t connected = 0;
    std::uint64_t in_flight = 0;
    Duration cpu_time{};   // Spent in this second.
    Duration wait_time{};  // Ready to run, but without a core.
    Duration length{};
};

// How far a worker is; sent a few times a second.
struct Progress {
    std::size_t phase = 0;  // That the worker is in.
    bool load_ended = false;
    std::uint32_t ready = 0;         // Identities that have read their twin, ever.
    std::uint64_t unanswered = 0;    // Messages neither acknowledged nor failed.
    std::uint64_t updates_open = 0;  // Patches without an answer or without their confirmation.
    std::uint64_t rolled_out = 0;    // Identities that have confirmed this phase's roll-out.
    std::map<std::string, std::uint64_t> errors;  // Connection errors by sentence, since the start.
};

// What a worker counts at its devices when the run is over.
struct EndReport {
    struct Sums {
        std::uint64_t in_flight = 0;  // Sent, without an answer.
        std::uint64_t waiting = 0;    // Never sent.
    };
    struct Acknowledged {
        iothub::IdentityName name;
        std::uint64_t security = 0;
        std::uint64_t telemetry = 0;
    };
    Sums security;
    Sums telemetry;
    std::vector<Acknowledged> acked;                   // By identity.
    std::uint64_t pending = 0;                         // Patches without an answer.
    std::uint64_t unconfirmed = 0;                     // Patches accepted, not confirmed.
    std::map<std::size_t, stats::Histogram> rollouts;  // By phase: its start -> confirmed.
    std::vector<PlayedIdentity> played;
};

// A phase as a worker carries it out. Instants may lie ahead.
struct PhaseOrder {
    std::size_t phase = 0;
    TimePoint begin;
    bool measure = false;
    bool load = false;  // Messages at the plan's own load.
};

// All roles of all groups in one row.
class RoleIndex {
public:
    explicit RoleIndex(const plan::Plan& plan) {
        for (const plan::Group& group : plan.groups) {
            first_.push_back(count_);
            count_ += group.roles.size();
        }
    }
    [[nodiscard]] std::size_t of(plan::RoleRef which) const {
        return first_[which.group] + which.role;
    }
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    std::vector<std::size_t> first_;
    std::size_t count_ = 0;
};

}  // namespace twinstorm::run
