// How many messages a persona sends by its own schedule, with nothing configured and nothing wrong.
//
// Units:  messages a day, as they leave. A persona whose schedule depends on what happens gets the
//         number of a quiet device.
#pragma once

#include "twinstorm/agent/persona.h"

namespace twinstorm::plan {

[[nodiscard]] double messages_per_day(const agent::Persona& persona);

}  // namespace twinstorm::plan
