// Playbooks as they are written down: what they are called, and what happens.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "host/step.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::host {

// What a playbook leaves behind in snapshots.
enum class Trace : std::uint8_t {
    kNone,
    kOpenPort,
    kPermissivePolicy,
    kPermissiveInput,
    kPermissiveOutput,
    kUserPromoted,
    kUserDemoted,
    kUserDeleted,
    kUserAdded,
    kChecksFail,
    kTestCheckFails,
};

[[nodiscard]] std::optional<Snapshot> snapshot_of(Trace trace);

struct PlaybookRow {
    std::string_view name;
    std::string_view alert_type;
    std::string_view title;
    std::string_view severity;
    Evidence evidence;
    Script script;
    Trace trace = Trace::kNone;
    bool recommendation = false;
};

[[nodiscard]] std::span<const PlaybookRow> micro_playbooks();   // The micro agent's alerts.
[[nodiscard]] std::span<const PlaybookRow> legacy_playbooks();  // And recommendations.
[[nodiscard]] const PlaybookRow& playbook_row(PlaybookId playbook);

}  // namespace twinstorm::host
