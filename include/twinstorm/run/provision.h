// Makes or removes the identities of a plan on its hub, and nothing else.
#pragma once

#include "twinstorm/backend/registry_job.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/run/target.h"
#include "twinstorm/run/world.h"

namespace twinstorm::run {

[[nodiscard]] Result<backend::RegistrySummary> provision(backend::RegistryJob::Kind kind,
                                                         const plan::Plan& plan,
                                                         const Target& target, World& world);

}  // namespace twinstorm::run
