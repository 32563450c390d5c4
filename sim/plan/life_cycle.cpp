#include "twinstorm/plan/life_cycle.h"

#include <algorithm>

namespace twinstorm::plan {
namespace {

bool is_named(const TwinUpdates& updates, const Group& group, std::size_t role) {
    const agent::Persona& persona = group.roles[role].persona;
    if (!updates.personas.empty()) {
        return std::ranges::find(updates.personas, persona.name) != updates.personas.end();
    }
    const auto first = std::ranges::find_if(
        group.roles, [](const Role& candidate) { return candidate.persona.has_twin; });
    return first == group.roles.begin() + static_cast<std::ptrdiff_t>(role);
}

}  // namespace

bool is_meant(const LifeCycleStep& step, const Group& group, const Role& role) {
    return step.persona == role.persona.name && (step.group.empty() || step.group == group.name);
}

bool runs_in(const Plan& plan, std::size_t phase, RoleRef which) {
    const Group& group = plan.groups[which.group];
    const Role& role = group.roles[which.role];
    bool runs = !role.starts_later;
    for (std::size_t i = 0; i <= phase && i < plan.phases.size(); ++i) {
        const Phase& passed = plan.phases[i];
        runs = runs || (passed.start && is_meant(*passed.start, group, role));
        runs = runs && !(passed.stop && is_meant(*passed.stop, group, role));
    }
    return runs;
}

std::vector<RoleRef> updated_roles(const Plan& plan, std::size_t phase) {
    std::vector<RoleRef> roles;
    const auto& updates = plan.phases[phase].twin_updates;
    for (std::size_t group = 0; updates && group < plan.groups.size(); ++group) {
        for (std::size_t role = 0; role < plan.groups[group].roles.size(); ++role) {
            const bool has_twin = plan.groups[group].roles[role].persona.has_twin;
            if (has_twin && is_named(*updates, plan.groups[group], role) &&
                runs_in(plan, phase, {group, role})) {
                roles.push_back({group, role});
            }
        }
    }
    return roles;
}

std::uint64_t identities_in(const Plan& plan, const std::vector<RoleRef>& roles) {
    std::uint64_t identities = 0;
    for (const RoleRef& which : roles) {
        identities += plan.groups[which.group].devices;
    }
    return identities;
}

}  // namespace twinstorm::plan
