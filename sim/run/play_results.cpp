#include "run/play_results.h"

#include <algorithm>
#include <bit>
#include <map>
#include <string_view>
#include <utility>

#include "run/play_numbers.h"

namespace twinstorm::run {
namespace {

constexpr std::string_view kAccepted = "accepted";

// What became of one play entry on one identity.
struct Fate {
    host::PlaySet left = 0;  // Which of its times have left in some message.
    std::uint64_t messages = 0;
    std::uint64_t accepted = 0;
};

stats::PlaybookResult row_of(const PlayEntry& entry, const plan::Plan& plan) {
    const host::PlaybookFacts& facts = host::playbooks()[entry.play->playbook];
    stats::PlaybookResult row;
    row.playbook = facts.name;
    row.alert_type = facts.alert_type;
    row.phase = plan.phases[entry.phase].name;
    return row;
}

// One row under construction.
class Row {
public:
    Row(const PlayEntry& entry, const plan::Plan& plan, const PlayedIdentity& first, bool watched)
        : row_(row_of(entry, plan)), numbers_(entry.numbers()), told_(watched) {
        const plan::Group& planned = plan.groups[first.which.group];
        row_.group = planned.name;
        row_.persona = planned.roles[first.which.role].persona.name;
    }

    void add(const PlayedIdentity& identity, const WatchedIdentity* watched) {
        ++row_.devices;
        row_.played += static_cast<std::uint64_t>(std::popcount(identity.played & numbers_));
        if (row_.examples.size() < stats::kPlaybookExamplesMax) {
            row_.examples.push_back(identity.name.device_id);
        }
        told_ = told_ && watched != nullptr && identity.messages_left_out == 0;
        Fate fate;
        for (const device::PlayedMessage& message : identity.messages) {
            if ((message.plays & numbers_) != 0) {
                add(message, watched, fate);
            }
        }
        const bool complete = identity.played != 0 && (fate.left & numbers_) == numbers_;
        row_.devices_silent += complete ? 0 : 1;
        confirmed_ += complete && fate.accepted == fate.messages ? 1 : 0;
    }

    [[nodiscard]] stats::PlaybookResult take() {
        if (told_) {
            row_.arrived = arrived_;
            row_.accepted = accepted_;
            row_.devices_confirmed = confirmed_;
        } else {
            row_.ignored.clear();
        }
        return std::move(row_);
    }

private:
    void add(const device::PlayedMessage& message, const WatchedIdentity* watched, Fate& fate) {
        fate.left |= message.plays;
        ++fate.messages;
        ++row_.messages;
        row_.events += message.events;
        row_.acked += message.state == device::PlayedMessage::State::kAcked ? 1 : 0;
        if (watched == nullptr) {
            return;
        }
        const auto found = watched->messages.find(message.sequence);
        if (found == watched->messages.end()) {
            told_ = told_ && watched->forgotten == 0;  // It may be one of those.
            return;
        }
        ++arrived_;
        if (found->second.verdict == kAccepted) {
            ++fate.accepted;
            ++accepted_;
        } else {
            ++row_.ignored[found->second.verdict];
        }
    }

    stats::PlaybookResult row_;
    host::PlaySet numbers_;
    bool told_;
    std::uint64_t arrived_ = 0;
    std::uint64_t accepted_ = 0;
    std::uint64_t confirmed_ = 0;
};

const WatchedIdentity* find(const WatchedIdentities* watched, const iothub::IdentityName& name) {
    if (watched == nullptr) {
        return nullptr;
    }
    const auto found = watched->find(name);
    return found == watched->end() ? nullptr : &found->second;
}

}  // namespace

std::vector<stats::PlaybookResult> playbook_results(const plan::Plan& plan,
                                                    const std::vector<PlayedIdentity>& played,
                                                    const WatchedIdentities* watched) {
    // Workers tell of their own: by name, whoever they are, examples stay the same.
    std::vector<const PlayedIdentity*> identities;
    for (const PlayedIdentity& identity : played) {
        identities.push_back(&identity);
    }
    std::ranges::sort(identities, {}, [](const auto* identity) { return identity->name; });
    std::vector<stats::PlaybookResult> results;
    for (const PlayEntry& entry : play_entries(plan)) {
        std::map<std::pair<std::size_t, std::size_t>, Row> rows;  // By group and role.
        for (const PlayedIdentity* const identity : identities) {
            if ((identity->chosen & entry.numbers()) != 0) {
                rows.try_emplace({identity->which.group, identity->which.role}, entry, plan,
                                 *identity, watched != nullptr)
                    .first->second.add(*identity, find(watched, identity->name));
            }
        }
        if (rows.empty()) {
            results.push_back(row_of(entry, plan));  // Nobody passes over it in silence.
        }
        for (auto& [where, row] : rows) {
            results.push_back(row.take());
        }
    }
    return results;
}

}  // namespace twinstorm::run
