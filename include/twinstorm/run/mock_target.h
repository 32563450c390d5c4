// Targets of the kinds that a scenario can name: a ready file of a mock hub, or a connection
// string.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/run/target.h"

namespace twinstorm::run {

// Metering and the pace of roll-outs, as the tier has them.
void use_tier(const plan::MockHub& mock, std::string_view where, Target& target);

struct ReadyHub {
    Target target;
    std::string ca_file;
};
// Errors: kNotFound, kInvalidArgument with the member that is missing.
[[nodiscard]] Result<ReadyHub> read_ready_file(const std::string& path);

// A hub of Azure's: ports 8883 and 443 of the host that the connection string names.
[[nodiscard]] Result<Target> real_target(const Secret& connection_string);

}  // namespace twinstorm::run
