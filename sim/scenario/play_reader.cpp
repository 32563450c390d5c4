#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "scenario/list_reader.h"
#include "scenario/map_reader.h"
#include "scenario/readers.h"
#include "scenario/value_reader.h"
#include "twinstorm/base/units.h"
#include "twinstorm/plan/nearest_name.h"
#include "twinstorm/plan/play_sight.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange kSpan{0us, plan::kFaultSpanMax, "0s to 30d"};

class PlayReader {
public:
    PlayReader(const Value& value, Mistakes& mistakes)
        : map_(value, table("phases[].playbooks[]"), mistakes), mistakes_(mistakes) {}

    plan::Play read(const std::optional<Duration>& phase) {
        if (!map_.is_map()) {
            return {};
        }
        if (const Value* const name = map_.find("play")) {
            assign(play_.playbook, read_playbook(*name));
        }
        if (const Value* const devices = map_.find("devices")) {
            read_devices(*devices);
        }
        read_span("start", play_.start);
        read_span("spread", play_.spread);
        if (const Value* const times = map_.find("times")) {
            assign(play_.times, read_count(*times, {1, plan::kPlayTimesMax}, mistakes_));
        }
        if (const Value* const persona = map_.find("persona")) {
            assign(play_.persona, read_text(*persona, mistakes_));
        }
        check_spread();
        check_end(phase);
        return std::move(play_);
    }

private:
    std::optional<host::PlaybookId> read_playbook(const Value& value) {
        const auto name = read_text(value, mistakes_);
        if (!name) {
            return std::nullopt;
        }
        const auto found = host::find_playbook(*name);
        if (!found) {
            std::vector<std::string_view> known;
            for (const host::PlaybookFacts& facts : host::playbooks()) {
                known.push_back(facts.name);
            }
            mistakes_.add(value.place,
                          fmt::format("unknown playbook `{}`; the nearest known one "
                                      "is `{}`",
                                      *name, plan::nearest_name(*name, known).value_or("")));
        }
        return found;
    }

    void read_devices(const Value& value) {
        const MapReader selection(value, table("phases[].playbooks[].devices"), mistakes_);
        if (const Value* const prefix = selection.find("prefix")) {
            const auto text = read_text(*prefix, mistakes_);
            if (text && (text->empty() || text->size() > plan::kFaultPrefixBytesMax)) {
                mistakes_.add(prefix->place,
                              fmt::format("`{}` is out of range; expected 1 to {} bytes", *text,
                                          plan::kFaultPrefixBytesMax));
            }
            assign(play_.device_prefix, text);
        }
        if (const Value* const share = selection.find("share")) {
            assign(play_.device_share, read_share(*share, mistakes_));
        }
    }

    void read_span(std::string_view key, Duration& target) {
        if (const Value* const value = map_.find(key)) {
            assign(target, read_duration(*value, kSpan, mistakes_));
        }
    }

    // Twice at one instant would be one thing that happens twice over.
    void check_spread() {
        const Value* const times = map_.find("times");
        if (times != nullptr && play_.times > 1 && !map_.has("spread")) {
            mistakes_.add(times->place, fmt::format("`{}` times at one instant; expected a "
                                                    "`spread` beside it, such as `spread: 30s`",
                                                    times->scalar));
        }
    }

    void check_end(const std::optional<Duration>& phase) {
        if (phase && play_.start + play_.spread > *phase) {
            const Value* const culprit = map_.find(map_.has("spread") ? "spread" : "start");
            mistakes_.add(culprit->place,
                          fmt::format("`start` and `spread` go beyond the end of the phase, which "
                                      "lasts {}",
                                      format_duration(*phase)));
        }
    }

    const MapReader map_;
    Mistakes& mistakes_;
    plan::Play play_;
};

std::vector<const agent::Persona*> personas_of(const plan::Plan& plan) {
    std::vector<const agent::Persona*> personas;
    for (const plan::Group& group : plan.groups) {
        for (const plan::Role& role : group.roles) {
            personas.push_back(&role.persona);
        }
    }
    return personas;
}

// Whose agents are meant by name must be there, and see something of it.
void check_persona(const Value& value, const plan::Play& play, const plan::Plan& plan,
                   Mistakes& mistakes) {
    const host::PlaybookFacts& facts = host::playbooks()[play.playbook];
    std::vector<std::string_view> names;
    bool sees = false;
    for (const agent::Persona* const persona : personas_of(plan)) {
        if (std::ranges::find(names, persona->name) == names.end()) {
            names.emplace_back(persona->name);
        }
        sees = sees || (persona->name == play.persona && plan::sees(*persona, facts));
    }
    if (std::ranges::find(names, play.persona) == names.end()) {
        mistakes.add(value.place, fmt::format("persona `{}` is not in the fleet; {}", play.persona,
                                              plan::suggest(play.persona, names)));
    } else if (!sees) {
        mistakes.add(value.place,
                     fmt::format("agents of `{}` see nothing of `{}`, or have no form for it in "
                                 "their encoding; expected a persona that does",
                                 play.persona, facts.name));
    }
}

}  // namespace

std::vector<plan::Play> read_plays(const Value& value, const std::optional<Duration>& phase,
                                   Mistakes& mistakes) {
    std::vector<plan::Play> plays;
    for (const Value& item : read_list(value, {"playbooks", plan::kPlaysMax}, mistakes)) {
        plays.push_back(PlayReader(item, mistakes).read(phase));
    }
    return plays;
}

void check_plays(const Value& phases, const plan::Plan& plan, Mistakes& mistakes) {
    std::uint32_t times = 0;
    for (std::size_t i = 0; i < std::min(phases.items.size(), plan.phases.size()); ++i) {
        const Value* const list = phases.items[i].find("playbooks");
        if (list == nullptr) {
            continue;
        }
        if (plan.phases[i].connect_rate) {
            mistakes.add(list->place, "playbooks while connecting; expected them in a later phase");
        }
        for (std::size_t j = 0; j < std::min(list->items.size(), plan.phases[i].plays.size());
             ++j) {
            const Value* const persona = list->items[j].find("persona");
            if (persona != nullptr && !plan.phases[i].plays[j].persona.empty()) {
                check_persona(*persona, plan.phases[i].plays[j], plan, mistakes);
            }
            const std::uint32_t before = times;
            times += plan.phases[i].plays[j].times;
            if (before <= plan::kPlayTimesMax && times > plan::kPlayTimesMax) {
                mistakes.add(list->items[j].place,
                             fmt::format("with this one, playbooks are played {} times on a "
                                         "device; expected at most {} in a scenario",
                                         times, plan::kPlayTimesMax));
            }
        }
    }
}

}  // namespace twinstorm::scenario
