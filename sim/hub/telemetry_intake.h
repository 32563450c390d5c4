// Takes one telemetry message: checked, metered, counted, and kept for whoever reads it. Security
// messages go to Defender's side and are hidden from the built-in endpoint, as on a real hub.
//
// The hot path: once the logs are warm it does not allocate.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "hub/identity.h"
#include "hub/rules.h"
#include "hub/shard.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/topic.h"

namespace twinstorm::hub {

struct Telemetry {
    iothub::TelemetryTopic topic;
    std::span<const std::byte> payload;
    bool retain = false;  // Not retained, but told to consumers (MQTT support).
    bool will = false;    // The last will of a connection that ended without DISCONNECT.
};

// None when it was accepted; else the rule it breaks, and the connection is to be closed.
[[nodiscard]] std::optional<Drop> take_telemetry(Shard& shard, Identity& identity,
                                                 const Telemetry& message, TimePoint now);

}  // namespace twinstorm::hub
