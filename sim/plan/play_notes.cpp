#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "twinstorm/base/units.h"
#include "twinstorm/plan/life_cycle.h"
#include "twinstorm/plan/play_sight.h"

namespace twinstorm::plan {
namespace {

constexpr std::string_view kPathsKey = "FileSystem_Paths";

// Whatever the twin is told makes an agent send all it has.
bool updates_from(const Plan& plan, std::size_t phase) {
    return std::any_of(plan.phases.begin() + static_cast<std::ptrdiff_t>(phase), plan.phases.end(),
                       [](const Phase& later) { return later.twin_updates.has_value(); });
}

bool loaded_from(const Plan& plan, std::size_t phase, const SecurityLoad& load) {
    return !std::holds_alternative<PersonaSchedule>(load) &&
           std::any_of(plan.phases.begin() + static_cast<std::ptrdiff_t>(phase), plan.phases.end(),
                       [](const Phase& later) { return later.security_messages; });
}

Duration left_from(const Plan& plan, std::size_t phase, Duration start) {
    Duration left = -start;
    for (std::size_t i = phase; i < plan.phases.size(); ++i) {
        left += plan.phases[i].duration.value_or(plan.phases[i].at_most.value_or(Duration()));
    }
    return left;
}

bool watches_files(const Plan& plan) {
    return std::ranges::any_of(plan.phases, [](const Phase& phase) {
        return phase.twin_updates && std::ranges::any_of(phase.twin_updates->patches,
                                                         [](const boost::json::object& patch) {
                                                             return patch.contains(kPathsKey);
                                                         });
    });
}

class Notes {
public:
    explicit Notes(const Plan& plan) : plan_(plan) {}

    void add(std::size_t phase, const Play& play) {
        const host::PlaybookFacts& facts = host::playbooks()[play.playbook];
        where_ = fmt::format("Playbook `{}` in phase `{}`", facts.name, plan_.phases[phase].name);
        const std::size_t before = notes_.size();
        bool seen = false;
        for (std::size_t group = 0; group < plan_.groups.size(); ++group) {
            for (std::size_t role = 0; role < plan_.groups[group].roles.size(); ++role) {
                const agent::Persona& persona = plan_.groups[group].roles[role].persona;
                const bool meant = play.persona.empty() || play.persona == persona.name;
                if (meant && sees(persona, facts) && runs_in(plan_, phase, {group, role})) {
                    seen = true;
                    note_waiting(phase, play, facts, {group, role});
                }
            }
        }
        if (!seen) {
            notes_.push_back(where_ +
                             ": no agent that runs then sees its events, or has a form for them "
                             "in its encoding.");
        }
        note_files(facts);
        note_share(play);
        drop_repeats(before);
    }

    [[nodiscard]] std::vector<std::string> take() { return std::move(notes_); }

private:
    void note_waiting(std::size_t phase, const Play& play, const host::PlaybookFacts& facts,
                      RoleRef which) {
        const Group& group = plan_.groups[which.group];
        const Role& role = group.roles[which.role];
        const Duration interval = send_interval(role.persona, facts);
        const Duration left = left_from(plan_, phase, play.start);
        if (left >= interval || updates_from(plan_, phase) ||
            loaded_from(plan_, phase, group.load_of(role))) {
            return;
        }
        notes_.push_back(fmt::format(
            "{}: {} sends such events every {}, and the run ends {} after "
            "the first: perhaps they are not sent yet then.",
            where_, role.persona.name, format_duration(interval), format_duration(left)));
    }

    // The agent watches no file until it is told which.
    void note_files(const host::PlaybookFacts& facts) {
        if (facts.streams == host::StreamSet{host::Stream::kFiles} && !watches_files(plan_)) {
            notes_.push_back(
                fmt::format("{}: no patch sets `{}`, without which no agent watches "
                            "any file.",
                            where_, kPathsKey));
        }
    }

    void note_share(const Play& play) {
        std::uint64_t devices = 0;
        const auto few = [&] { return static_cast<double>(devices) * play.device_share < 1; };
        for (const Group& group : plan_.groups) {
            for (std::uint32_t index = 0; index < group.devices && few(); ++index) {
                devices += group.device_id(index).starts_with(play.device_prefix) ? 1 : 0;
            }
        }
        if (few()) {
            notes_.push_back(
                fmt::format("{}: {:.3g}% of {} devices are fewer than one: perhaps "
                            "it is played on none.",
                            where_, play.device_share * 100, devices));
        }
    }

    // Groups with the same persona say the same.
    void drop_repeats(std::size_t from) {
        const auto begin = notes_.begin() + static_cast<std::ptrdiff_t>(from);
        std::sort(begin, notes_.end());
        notes_.erase(std::unique(begin, notes_.end()), notes_.end());
    }

    const Plan& plan_;
    std::string where_;
    std::vector<std::string> notes_;
};

}  // namespace

std::vector<std::string> play_notes(const Plan& plan) {
    Notes notes(plan);
    for (std::size_t phase = 0; phase < plan.phases.size(); ++phase) {
        for (const Play& play : plan.phases[phase].plays) {
            notes.add(phase, play);
        }
    }
    return notes.take();
}

}  // namespace twinstorm::plan
