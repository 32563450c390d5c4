// The events of a persona file, and the messages that carry them.
#pragma once

#include <cstdint>

#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/agent/persona_template.h"
#include "twinstorm/base/time.h"

namespace twinstorm::scenario {

inline constexpr std::uint64_t kEventCountMax = 1'000;  // Of one kind in a message.
inline constexpr Duration kPeriodMin = std::chrono::milliseconds(100);

// Both need the desired keys to be read; messages need the events, too.
void read_events(const Value& value, agent::PersonaTemplate& persona, Mistakes& mistakes);
void read_messages(const Value& value, const Value* events, agent::PersonaTemplate& persona,
                   Mistakes& mistakes);

}  // namespace twinstorm::scenario
