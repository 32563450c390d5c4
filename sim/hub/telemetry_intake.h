// Takes one telemetry message: checked, metered, counted. The hot path: it does not allocate.
#pragma once

#include <cstddef>
#include <optional>

#include "hub/core.h"
#include "hub/identity.h"
#include "hub/rules.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/topic.h"

namespace twinstorm::hub {

// None when it was accepted; else the rule it breaks, and the connection is to be closed.
[[nodiscard]] std::optional<Drop> take_telemetry(Core& core, Identity& identity,
                                                 const iothub::TelemetryTopic& topic,
                                                 std::size_t payload_bytes, TimePoint now);

}  // namespace twinstorm::hub
