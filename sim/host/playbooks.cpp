#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "host/habits.h"
#include "host/playbook_rows.h"
#include "twinstorm/base/check.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::host {
namespace {

PlaybookFacts facts_of(const PlaybookRow& row) {
    PlaybookFacts facts;
    facts.name = row.name;
    facts.alert_type = row.alert_type;
    facts.title = row.title;
    facts.severity = row.severity;
    facts.evidence = row.evidence;
    for (const Step& step : row.script) {
        facts.streams.add(step.stream);
    }
    facts.snapshot = snapshot_of(row.trace);
    facts.recommendation = row.recommendation;
    if (!row.script.empty()) {
        facts.length = std::chrono::milliseconds(length_ms(row.script) - 1);
    }
    return facts;
}

// How people spell what the service misspelt.
constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"successful-local-login", "sucessful-local-login"},
    {"removal-of-system-logs", "removel-of-system-logs"},
};

}  // namespace

std::optional<Snapshot> snapshot_of(Trace trace) {
    switch (trace) {
        case Trace::kNone:
            return std::nullopt;
        case Trace::kOpenPort:
            return Snapshot::kListeningPorts;
        case Trace::kPermissivePolicy:
        case Trace::kPermissiveInput:
        case Trace::kPermissiveOutput:
            return Snapshot::kFirewallRules;
        case Trace::kUserPromoted:
        case Trace::kUserDemoted:
        case Trace::kUserDeleted:
        case Trace::kUserAdded:
            return Snapshot::kUsers;
        case Trace::kChecksFail:
        case Trace::kTestCheckFails:
            return Snapshot::kChecks;
    }
    return std::nullopt;
}

const PlaybookRow& playbook_row(PlaybookId playbook) {
    const auto micro = micro_playbooks();
    const auto legacy = legacy_playbooks();
    TWINSTORM_CHECK(playbook < micro.size() + legacy.size());
    return playbook < micro.size() ? micro[playbook] : legacy[playbook - micro.size()];
}

std::span<const PlaybookFacts> playbooks() {
    static const std::vector<PlaybookFacts> all = [] {
        std::vector<PlaybookFacts> made;
        for (const auto rows : {micro_playbooks(), legacy_playbooks()}) {
            for (const PlaybookRow& row : rows) {
                made.push_back(facts_of(row));
            }
        }
        return made;
    }();
    return all;
}

std::optional<PlaybookId> find_playbook(std::string_view name) {
    for (const auto& [people, service] : kOtherNames) {
        name = name == people ? service : name;
    }
    const auto all = playbooks();
    const auto found = std::ranges::find(all, name, &PlaybookFacts::name);
    if (found == all.end()) {
        return std::nullopt;
    }
    return static_cast<PlaybookId>(found - all.begin());
}

}  // namespace twinstorm::host
