// Threat playbooks: the patterns of events that raise an alert or a recommendation of the service.
//
// Rules:  strings in simulated events; nothing is ever executed. Named after the service's alert
//         types without `IoT_`, in kebab case: `reverse-shell` raises `IoT_ReverseShell`.
// Source: the agent's published lists of alerts (01/2023) and recommendations.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "twinstorm/host/event.h"

namespace twinstorm::host {

using PlaybookId = std::uint8_t;  // Index into playbooks().

// One playing of a playbook on a device, as told apart by whoever asked for it; and a set of those,
// a bit for each.
using PlayNumber = std::uint8_t;
using PlaySet = std::uint64_t;
inline constexpr PlayNumber kPlayNumbers = 64;

// How well it is known that these events raise that alert.
enum class Evidence : std::uint8_t { kShown, kDescribed, kInferred };

// Where a playbook may leave a trace.
enum class Snapshot : std::uint8_t { kChecks, kListeningPorts, kFirewallRules, kUsers };

struct PlaybookFacts {
    std::string_view name;        // `reverse-shell`
    std::string_view alert_type;  // `IoT_ReverseShell`; empty for legacy alerts without a type id.
    std::string_view title;       // `Reverse shells`
    std::string_view severity;    // `High`, `Medium`, `Low`
    Evidence evidence = Evidence::kDescribed;
    StreamSet streams;                 // Where its events are seen.
    std::optional<Snapshot> snapshot;  // And where it shows from then on.
    bool recommendation = false;
    Duration length{};  // From its first event to its last.
};

[[nodiscard]] std::span<const PlaybookFacts> playbooks();
[[nodiscard]] std::optional<PlaybookId> find_playbook(std::string_view name);

}  // namespace twinstorm::host
