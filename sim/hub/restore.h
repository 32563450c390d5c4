// One line of the journal, applied to a hub that starts: identities, twins, sessions.
#pragma once

#include <string_view>

#include "hub/core.h"
#include "twinstorm/base/error.h"

namespace twinstorm::hub {

// Errors: kInvalidArgument with what is wrong about the line.
[[nodiscard]] Result<void> restore_line(Core& core, std::string_view line);

}  // namespace twinstorm::hub
