// How each kind of event of a legacy agent is gathered: as it happens, counted over an interval, or
// as a snapshot after each period.
#pragma once

#include <cstdint>

#include "twinstorm/agent/backlog.h"
#include "twinstorm/agent/legacy_configuration.h"
#include "twinstorm/agent/persona.h"

namespace twinstorm::agent {

inline constexpr std::int32_t kLegacyCollectTick = 120;  // Seconds; of events as they happen.

[[nodiscard]] Backlog::Rhythm rhythm_of(LegacyEvent event, const LegacyConfiguration& configuration,
                                        Family family);

}  // namespace twinstorm::agent
