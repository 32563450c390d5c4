#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "scenario/readers.h"
#include "twinstorm/plan/life_cycle.h"
#include "twinstorm/plan/nearest_name.h"

namespace twinstorm::scenario {
namespace {

class PersonaCheck {
public:
    PersonaCheck(const plan::Plan& plan, Mistakes& mistakes) : plan_(plan), mistakes_(mistakes) {
        for (const plan::Group& group : plan.groups) {
            groups_.push_back(group.name);
            for (const plan::Role& role : group.roles) {
                if (!knows(role.persona.name)) {
                    personas_.push_back(role.persona.name);
                }
            }
        }
    }

    void phase(const Value& value, std::size_t index) {
        const plan::Phase& phase = plan_.phases[index];
        if (phase.start) {
            step(*value.find("start"), *phase.start, index, true);
        }
        if (phase.stop) {
            step(*value.find("stop"), *phase.stop, index, false);
        }
        if (phase.twin_updates) {
            updates(*value.find("twin_updates"), index);
        }
    }

private:
    [[nodiscard]] bool knows(std::string_view persona) const {
        return std::find(personas_.begin(), personas_.end(), persona) != personas_.end();
    }

    bool check_name(const Place& place, std::string_view name) {
        if (!knows(name)) {
            mistakes_.add(place, fmt::format("no group has a persona `{}`; {}", name,
                                             plan::suggest(name, personas_)));
            return false;
        }
        return true;
    }

    // What is started must not run yet, and what is stopped must.
    void step(const Value& value, const plan::LifeCycleStep& step, std::size_t phase, bool starts) {
        const Value* const persona = value.find("persona");
        if (persona == nullptr || step.persona.empty() ||
            !check_name(persona->place, step.persona)) {
            return;
        }
        const Value* const group_name = value.find("group");
        if (group_name != nullptr && !step.group.empty() &&
            std::find(groups_.begin(), groups_.end(), step.group) == groups_.end()) {
            mistakes_.add(group_name->place, fmt::format("unknown group `{}`; {}", step.group,
                                                         plan::suggest(step.group, groups_)));
            return;
        }
        std::size_t meant = 0;
        for (std::size_t group = 0; group < plan_.groups.size(); ++group) {
            const plan::Group& planned = plan_.groups[group];
            for (std::size_t role = 0; role < planned.roles.size(); ++role) {
                if (!plan::is_meant(step, planned, planned.roles[role])) {
                    continue;
                }
                ++meant;
                check_running(*persona, step, {group, role}, phase, starts);
            }
        }
        if (meant == 0) {
            mistakes_.add(persona->place,
                          fmt::format("group `{}` has no persona `{}`", step.group, step.persona));
        }
    }

    void check_running(const Value& persona, const plan::LifeCycleStep& step, plan::RoleRef which,
                       std::size_t phase, bool starts) {
        const bool runs = phase == 0 ? !plan_.groups[which.group].roles[which.role].starts_later
                                     : plan::runs_in(plan_, phase - 1, which);
        if (runs == starts) {
            mistakes_.add(persona.place,
                          fmt::format("`{}` of group `{}` {} before this phase; expected {}",
                                      step.persona, plan_.groups[which.group].name,
                                      starts ? "runs already" : "does not run",
                                      starts ? "`start: later` beside its name, or a stop before"
                                             : "a phase before that starts it"));
        }
    }

    void updates(const Value& value, std::size_t phase) {
        const Value* const persona = value.find("persona");
        bool known = true;
        for (const std::string& name : plan_.phases[phase].twin_updates->personas) {
            known = check_name(persona->place, name) && known;
        }
        if (!known) {
            return;
        }
        const std::vector<plan::RoleRef> roles = plan::updated_roles(plan_, phase);
        if (roles.empty()) {
            mistakes_.add(persona != nullptr ? persona->place : value.place,
                          "no agent that runs in this phase has such a twin; expected a persona "
                          "with a twin, which was started and not stopped");
            return;
        }
        const bool micro =
            std::all_of(roles.begin(), roles.end(), [this](const plan::RoleRef& which) {
                return plan_.groups[which.group].roles[which.role].persona.family ==
                       agent::Family::kMicroLinux;
            });
        const Value* const patch = value.find("patch");
        if (micro && patch != nullptr) {
            check_micro_patch(*patch, mistakes_);
        }
    }

    const plan::Plan& plan_;
    Mistakes& mistakes_;
    std::vector<std::string_view> groups_;
    std::vector<std::string_view> personas_;
};

}  // namespace

void check_personas(const Value& phases, const plan::Plan& plan, Mistakes& mistakes) {
    const bool complete = plan.phases.size() == phases.items.size();
    PersonaCheck check(plan, mistakes);
    for (std::size_t i = 0; complete && !plan.groups.empty() && i < plan.phases.size(); ++i) {
        check.phase(phases.items[i], i);
    }
}

}  // namespace twinstorm::scenario
