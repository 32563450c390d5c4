#include <algorithm>

#include <fmt/format.h>

#include "scenario/list_reader.h"
#include "scenario/map_reader.h"
#include "scenario/readers.h"
#include "scenario/value_reader.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange kLength{1ms, 30 * 24h, "1ms to 30d"};

// A roll-out, or a stream of patches: which of the two, and how fast.
void read_target(const MapReader& map, plan::TwinUpdates& updates, Mistakes& mistakes) {
    const Value* const rate = map.find("rate");
    const Value* const arrivals = map.find("arrivals");
    const Value* const every = map.find("every");
    if (map.is_map() && rate == nullptr && every == nullptr) {
        mistakes.add(map.place(), "twin updates need `rate` or `every: device`");
    }
    if (arrivals != nullptr && every != nullptr) {
        mistakes.add(arrivals->place,
                     "`arrivals` says nothing beside `every`; expected it left out");
    }
    std::optional<double> per_second;
    if (rate != nullptr) {
        per_second = read_rate(*rate, mistakes);
    }
    if (every != nullptr) {
        (void)read_choice(*every, choices("phases[].twin_updates.every"), mistakes);
        updates.target = plan::EveryDevice{per_second};
        return;
    }
    plan::RateUpdates rated;
    rated.rate = per_second.value_or(0);
    if (arrivals != nullptr) {
        assign(rated.arrivals,
               read_choice(*arrivals, choices("phases[].twin_updates.arrivals"), mistakes));
    }
    updates.target = rated;
}

// One name, or a list of them.
std::vector<std::string> read_persona_names(const Value& value, Mistakes& mistakes) {
    std::vector<std::string> names;
    const auto read = [&](const Value& item) {
        if (auto name = read_text(item, mistakes)) {
            names.push_back(std::move(*name));
        }
    };
    if (value.kind != Value::Kind::kList) {
        read(value);
        return names;
    }
    for (const Value& item : read_list(value, {"personas", plan::kRolesMax}, mistakes)) {
        read(item);
    }
    return names;
}

plan::LifeCycleStep read_life_cycle(const Value& value, std::string_view path, Mistakes& mistakes) {
    const MapReader map(value, table(path), mistakes);
    plan::LifeCycleStep step;
    if (const Value* const persona = map.find("persona")) {
        assign(step.persona, read_text(*persona, mistakes));
    }
    if (const Value* const rate = map.find("rate")) {
        assign(step.rate, read_rate(*rate, mistakes));
    }
    if (const Value* const group = map.find("group")) {
        assign(step.group, read_name(*group, mistakes));
    }
    return step;
}

plan::TwinUpdates read_twin_updates(const Value& value, Mistakes& mistakes) {
    const MapReader map(value, table("phases[].twin_updates"), mistakes);
    plan::TwinUpdates updates;
    read_target(map, updates, mistakes);
    if (const Value* const persona = map.find("persona")) {
        updates.personas = read_persona_names(*persona, mistakes);
    }
    if (const Value* const patch = map.find("patch")) {
        updates.patches = read_patches(*patch, mistakes);
    }
    return updates;
}

class PhaseReader {
public:
    explicit PhaseReader(Mistakes& mistakes) : mistakes_(mistakes) {}

    std::vector<plan::Phase> read(const Value& value) {
        const std::vector<Value>& items = read_list(value, {"phases", kPhasesMax}, mistakes_);
        for (const Value& item : items) {
            read_phase(item);
        }
        check_connect(value, items);
        return std::move(phases_);
    }

private:
    // The first phase connects the fleet, and no other does.
    void check_connect(const Value& list, const std::vector<Value>& items) {
        bool connected = false;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const Value* const connect = items[i].find("connect");
            if (connect == nullptr) {
                continue;
            }
            connected = true;
            if (i > 0) {
                mistakes_.add(connect->place,
                              "a connect phase after another one; expected it to be the first, and "
                              "the only one");
            }
        }
        if (!connected && !items.empty()) {
            mistakes_.add(list.place,
                          "no phase connects the fleet; expected a first one such as "
                          "`{name: connect, connect: {rate: 200/s}}`");
        }
    }

    void read_phase(const Value& value) {
        const MapReader map(value, table("phases[]"), mistakes_);
        if (!map.is_map()) {
            return;
        }
        plan::Phase phase;
        if (const Value* const name = map.find("name")) {
            read_phase_name(*name, phase);
        }
        if (const Value* const measure = map.find("measure")) {
            assign(phase.measure, read_flag(*measure, mistakes_));
        }
        if (const Value* const messages = map.find("security_messages")) {
            assign(phase.security_messages, read_flag(*messages, mistakes_));
        }
        if (const Value* const updates = map.find("twin_updates")) {
            phase.twin_updates = read_twin_updates(*updates, mistakes_);
        }
        if (const Value* const start = map.find("start")) {
            phase.start = read_life_cycle(*start, "phases[].start", mistakes_);
        }
        if (const Value* const stop = map.find("stop")) {
            phase.stop = read_life_cycle(*stop, "phases[].stop", mistakes_);
        }
        read_end(map, phase);
        if (const Value* const faults = map.find("faults")) {
            phase.faults = read_faults(*faults, phase.duration, mistakes_);
        }
        if (const Value* const plays = map.find("playbooks")) {
            phase.plays =
                read_plays(*plays, phase.duration ? phase.duration : phase.at_most, mistakes_);
        }
        phases_.push_back(std::move(phase));
    }

    void read_phase_name(const Value& value, plan::Phase& phase) {
        const auto name = read_name(value, mistakes_);
        if (name && std::any_of(phases_.begin(), phases_.end(),
                                [&](const plan::Phase& other) { return other.name == *name; })) {
            mistakes_.add(value.place,
                          fmt::format("phase `{}` is there twice; expected another name", *name));
        }
        assign(phase.name, name);
    }

    // What the phase waits for: the fleet connected, time passed, or the fleet converged.
    void read_end(const MapReader& map, plan::Phase& phase) {
        const Value* const connect = map.find("connect");
        const Value* const duration = map.find("duration");
        const Value* const until = map.find("until");
        const int ends = (connect != nullptr) + (duration != nullptr) + (until != nullptr);
        if (ends != 1) {
            mistakes_.add(map.place(),
                          "a phase needs exactly one of `connect`, `duration` and "
                          "`until`");
        }
        if (connect != nullptr) {
            read_connect(*connect, map, phase);
        }
        if (duration != nullptr) {
            phase.duration = read_duration(*duration, kLength, mistakes_);
        }
        if (until != nullptr) {
            read_until(*until, phase);
        }
    }

    void read_connect(const Value& value, const MapReader& phase_map, plan::Phase& phase) {
        const MapReader map(value, table("phases[].connect"), mistakes_);
        if (const Value* const rate = map.find("rate")) {
            phase.connect_rate = read_rate(*rate, mistakes_);
        }
        if (const Value* const updates = phase_map.find("twin_updates")) {
            mistakes_.add(updates->place,
                          "twin updates while connecting; expected them in a later phase");
        }
        for (const std::string_view key : {"start", "stop"}) {
            if (const Value* const step = phase_map.find(key)) {
                mistakes_.add(step->place, fmt::format("`{}` while connecting; expected it in a "
                                                       "later phase",
                                                       key));
            }
        }
    }

    void read_until(const Value& value, plan::Phase& phase) {
        const MapReader map(value, table("phases[].until"), mistakes_);
        if (const Value* const converged = map.find("converged")) {
            phase.converged_share = read_share(*converged, mistakes_);
        }
        if (const Value* const at_most = map.find("at_most")) {
            phase.at_most = read_duration(*at_most, kLength, mistakes_);
        }
        const bool rolls_out = phase.twin_updates && std::holds_alternative<plan::EveryDevice>(
                                                         phase.twin_updates->target);
        if (!rolls_out) {
            mistakes_.add(value.place,
                          "`until` waits for a roll-out; expected `twin_updates` with "
                          "`every: device` in this phase");
        }
    }

    Mistakes& mistakes_;
    std::vector<plan::Phase> phases_;
};

}  // namespace

std::vector<plan::Phase> read_phases(const Value& value, Mistakes& mistakes) {
    return PhaseReader(mistakes).read(value);
}

}  // namespace twinstorm::scenario
