#include "run/worker_plays.h"

#include <algorithm>
#include <utility>

#include "twinstorm/plan/play_sight.h"

namespace twinstorm::run {

WorkerPlays::WorkerPlays(const plan::Plan& plan, Act act)
    : plan_(plan), act_(std::move(act)), entries_(play_entries(plan)) {
    for (const plan::Phase& phase : plan.phases) {
        phases_.emplace_back(plan.seed, phase.name);
    }
}

void WorkerPlays::seat(std::uint32_t seat, const iothub::IdentityName& name, plan::RoleRef which) {
    const agent::Persona& persona = plan_.groups[which.group].roles[which.role].persona;
    host::PlaySet chosen = 0;
    for (const PlayEntry& entry : entries_) {
        const plan::Play& play = *entry.play;
        if ((play.persona.empty() || play.persona == persona.name) &&
            plan::sees(persona, host::playbooks()[play.playbook]) &&
            phases_[entry.phase].chooses(play, name.device_id)) {
            chosen |= entry.numbers();
        }
    }
    if (chosen != 0) {
        players_.push_back({seat, {name, which, chosen, 0, {}, 0}});
    }
}

std::vector<iothub::IdentityName> WorkerPlays::identities() const {
    std::vector<iothub::IdentityName> names;
    for (const Player& player : players_) {
        names.push_back(player.identity.name);
    }
    return names;
}

void WorkerPlays::begin_phase(std::size_t phase, TimePoint begin) {
    end(begin);
    for (const PlayEntry& entry : entries_) {
        if (entry.phase == phase) {
            plan_for(entry, begin);
        }
    }
    // The next one last. A device sees what it plays in the order of the instants.
    std::ranges::sort(due_, [](const Due& a, const Due& b) {
        return std::pair(a.at, a.number) > std::pair(b.at, b.number);
    });
}

void WorkerPlays::plan_for(const PlayEntry& entry, TimePoint begin) {
    for (std::size_t player = 0; player < players_.size(); ++player) {
        const PlayedIdentity& identity = players_[player].identity;
        if ((identity.chosen & entry.numbers()) == 0) {
            continue;
        }
        host::PlayNumber number = entry.first;
        for (const Duration after :
             phases_[entry.phase].instants(*entry.play, entry.entry, identity.name.device_id)) {
            due_.push_back({begin + after, player, entry.play->playbook, number++});
        }
    }
}

// What lies before `at` still comes to pass.
void WorkerPlays::end(TimePoint at) {
    advance(at - kPlayAhead);
    due_.clear();
}

void WorkerPlays::advance(TimePoint now) {
    while (!due_.empty() && due_.back().at <= now + kPlayAhead) {
        const Due due = due_.back();
        due_.pop_back();
        Player& player = players_[due.player];
        player.identity.played |= host::PlaySet{1} << due.number;
        act_(player.seat, due.playbook, due.at, due.number);
    }
}

std::optional<TimePoint> WorkerPlays::next_deadline() const {
    return due_.empty() ? std::nullopt : std::optional(due_.back().at - kPlayAhead);
}

std::vector<PlayedIdentity> WorkerPlays::report(const Fill& fill) const {
    std::vector<PlayedIdentity> identities;
    for (const Player& player : players_) {
        fill(player.seat, identities.emplace_back(player.identity));
    }
    return identities;
}

}  // namespace twinstorm::run
