// Threats played on the devices: the hub is asked to watch those agents, and told of in the end.

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "run/coordinator.h"
#include "run/play_results.h"
#include "twinstorm/base/units.h"

namespace twinstorm::run {

// Before the first phase. A hub that cannot watch is no reason not to play.
void Run::Coordinator::watch_players(TimePoint now) {
    std::vector<iothub::IdentityName> players;
    for (const auto& worker : workers_) {
        std::ranges::move(worker->players(), std::back_inserter(players));
    }
    if (players.empty()) {
        begin_phase(0, now + kPhaseNotice);
        return;
    }
    watch_.emplace(*http_, target_);
    watch_->set(
        std::move(players),
        [this](const Result<std::uint64_t>& refused, TimePoint when) {
            if (!refused) {
                watched_ = fail(refused.error());
                watch_.reset();
            }
            watch_refused_ = refused.value_or(0);
            begin_phase(0, when + kPhaseNotice);
        },
        now);
}

void Run::Coordinator::fetch_watch(TimePoint now) {
    if (!watch_) {
        disconnect(now);
        return;
    }
    watch_->fetch(
        [this](Result<WatchedIdentities> watched, TimePoint when) {
            watched_ = std::move(watched);
            disconnect(when);
        },
        now);
}

void Run::Coordinator::fill_playbooks() {
    std::vector<PlayedIdentity> played;
    for (EndReport& end : ends_) {
        std::ranges::move(end.played, std::back_inserter(played));
    }
    const bool known = watched_ && *watched_;
    result_.playbooks = playbook_results(plan_, played, known ? &**watched_ : nullptr);
    std::vector<std::string>& warnings = result_.validity.warnings;
    if (watch_refused_ > 0) {
        warnings.push_back(
            fmt::format("the mock hub has no room to watch {} of the agents that "
                        "play threats: whether those arrived is unknown",
                        format_count(static_cast<double>(watch_refused_))));
    }
    for (const stats::PlaybookResult& row : result_.playbooks) {
        if (row.confirmed() == stats::Confirmation::kNowhere) {
            warnings.push_back(
                fmt::format("{} was played nowhere in phase {}: no device was "
                            "chosen whose agent sees it",
                            row.playbook, row.phase));
        }
    }
    if (watched_ && !*watched_) {
        warnings.push_back(
            fmt::format("whether the threats arrived is unknown: {}", watched_->error().message()));
    }
}

}  // namespace twinstorm::run
