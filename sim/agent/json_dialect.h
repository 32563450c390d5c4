// What makes one agent's JSON differ from another's: the published schema 1.0, and how Microsoft's
// own agents depart from it.
//
// Rules:  what a family collects and how it words that holds in every JSON encoding and stays
//         within the schema; what breaks the schema comes with `json-1.0-as-shipped` alone. Of the
//         micro agents' JSON nothing is published: as shipped they depart where both legacy agents
//         do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/time_stamp.h"
#include "twinstorm/agent/encoding.h"
#include "twinstorm/agent/persona.h"

namespace twinstorm::agent {

struct JsonDialect {
    std::string_view agent_version;
    // What the family collects.
    bool micro = false;            // Counters, protocols, firmware …: details that legacy lacks.
    bool bare = false;             // RTOS: no programs, no users.
    bool lower_protocols = false;  // C: `tcp`
    bool ids_zeroed = false;       // C: of aggregated entries; and ports that came in.
    bool failures_only = false;    // C: passed baseline checks are left out.
    // Departures from the schema.
    ZoneForm zone = ZoneForm::kOffset;
    bool category_first = false;         // C: its order of keys.
    bool category_aggregated = false;    // Of aggregated entries.
    bool numbers_bare = false;           // C: HitCount, and the port 0, as numbers.
    bool hash_in_details = false;        // C
    bool hash_beside = false;            // C#: a field that the schema lacks.
    bool capital_results = false;        // `FAIL`, as the baseline tool says it.
    bool hardware_in_one_field = false;  // C#
};

[[nodiscard]] JsonDialect json_dialect(Encoding encoding, Family family);

enum class JsonEvent : std::uint8_t {
    kProcessCreate,
    kProcessTerminate,
    kConnectionCreate,
    kLogin,
    kListeningPorts,
    kLocalUsers,
    kFirewallConfiguration,
    kOsBaseline,
    kSystemInformation,
    kConnectedHardware,
    kDiagnostic,
    kConfigurationError,
    kDroppedEventsStatistics,
    kMessageStatistics,
    // Beyond the schema.
    kHeartbeat,
    kSbom,
    kFileSystem,
    kPeripheral,
    kStatistics,
};

[[nodiscard]] constexpr bool in_schema(JsonEvent event) {
    return event < JsonEvent::kHeartbeat;
}

// An event around its payload: before its id, and from behind its times to the payload's items. In
// long pieces, so that few copies are made.
struct EventFrame {
    std::string before_id;
    std::string after_times;
};

enum class Fill : std::uint8_t { kItems, kAggregatedItem, kNothing };

[[nodiscard]] const EventFrame& event_frame(const JsonDialect& dialect, JsonEvent event, Fill fill);

}  // namespace twinstorm::agent
