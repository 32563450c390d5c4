// The hub that a plan names, made ready: an embedded child, a ready file, or a real one.
//
// Owner: the command; an embedded hub ends with it.
#pragma once

#include <optional>
#include <string>

#include "cli/hub_child.h"
#include "twinstorm/base/error.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/run/target.h"

namespace twinstorm::cli {

struct ChosenTarget {
    std::optional<HubChild> child;
    run::Target target;
    std::string ca_file;  // Empty: the system's trust store.
};

[[nodiscard]] Result<ChosenTarget> choose_target(const plan::Hub& hub, const std::string& hub_log);

}  // namespace twinstorm::cli
