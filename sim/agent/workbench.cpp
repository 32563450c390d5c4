#include "agent/caches.h"
#include "twinstorm/agent/batch.h"

namespace twinstorm::agent {

Workbench::Workbench() : caches(std::make_unique<Caches>()) {}
Workbench::~Workbench() = default;
Workbench::Workbench(Workbench&&) noexcept = default;
Workbench& Workbench::operator=(Workbench&&) noexcept = default;

}  // namespace twinstorm::agent
