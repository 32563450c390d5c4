// Which personas run, and whose twins are patched, in each phase of a plan.
//
// Rule:   a persona runs from the phase that starts it to the one that stops it, that one excluded.
#pragma once

#include <cstddef>
#include <vector>

#include "twinstorm/plan/plan.h"

namespace twinstorm::plan {

// A persona of a group, by their indexes.
struct RoleRef {
    std::size_t group = 0;
    std::size_t role = 0;
    friend bool operator==(const RoleRef&, const RoleRef&) = default;
};

[[nodiscard]] bool is_meant(const LifeCycleStep& step, const Group& group, const Role& role);
[[nodiscard]] bool runs_in(const Plan& plan, std::size_t phase, RoleRef which);
// Whose twins this phase's updates patch: those that are meant and run. Empty without updates.
[[nodiscard]] std::vector<RoleRef> updated_roles(const Plan& plan, std::size_t phase);
// How many devices these are on, one after the other.
[[nodiscard]] std::uint64_t identities_in(const Plan& plan, const std::vector<RoleRef>& roles);

}  // namespace twinstorm::plan
