// The words of the ConfigurationError events of the legacy agents.
#pragma once

#include "agent/message_writer.h"
#include "twinstorm/agent/legacy_configuration.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

// False where the encoding has no form for it.
[[nodiscard]] bool add_mistake(LegacyMistake mistake, const LegacyConfiguration& used, TimePoint at,
                               MessageWriter& writer);

}  // namespace twinstorm::agent
