#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "twinstorm/base/units.h"
#include "twinstorm/plan/estimate.h"
#include "twinstorm/plan/persona_rate.h"

namespace twinstorm::plan {
namespace {

// Rows of cells, set in columns as wide as their widest cell. The first row is the head.
class Table {
public:
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

    [[nodiscard]] std::string format() const {
        std::vector<std::size_t> widths;
        for (const auto& row : rows_) {
            widths.resize(std::max(widths.size(), row.size()));
            for (std::size_t i = 0; i < row.size(); ++i) {
                widths[i] = std::max(widths[i], row[i].size());
            }
        }
        std::string text;
        for (const auto& row : rows_) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i) {
                line += fmt::format("{:<{}}", row[i], widths[i] + kGap);
            }
            line.erase(line.find_last_not_of(' ') + 1);
            text += line + "\n";
        }
        return text;
    }

private:
    static constexpr std::size_t kGap = 2;
    std::vector<std::vector<std::string>> rows_;
};

std::string per_second(double rate) {
    return format_count(rate) + "/s";
}

std::string_view name(load::ArrivalKind kind) {
    return kind == load::ArrivalKind::kPoisson ? "poisson" : "constant";
}

// Beside tier and units, what is not as usual.
std::string describe(const MockHub& mock) {
    const MockHub usual;
    std::string text = fmt::format("mock, {} x {}", iothub::name(mock.tier), mock.units);
    text += mock.throttle ? "" : ", not throttled";
    if (mock.partitions != usual.partitions) {
        text += fmt::format(", {} partitions", mock.partitions);
    }
    if (mock.workers != usual.workers) {
        text += fmt::format(", {} workers", mock.workers);
    }
    if (mock.verdicts != usual.verdicts) {
        text += fmt::format(", verdicts {}", name(mock.verdicts));
    }
    return text;
}

std::string describe(const Hub& hub) {
    if (const auto* mock = std::get_if<MockHub>(&hub)) {
        return describe(*mock);
    }
    const RealHub& real = std::get<RealHub>(hub);
    return real.ready_file.empty() ? "real, by its connection string"
                                   : fmt::format("real, by `{}`", real.ready_file);
}

std::string describe(const SecurityLoad& load, const agent::Persona& persona) {
    if (const auto* open = std::get_if<OpenLoad>(&load)) {
        return fmt::format("{} each, {}", per_second(open->rate), name(open->arrivals));
    }
    if (const auto* closed = std::get_if<ClosedLoad>(&load)) {
        return fmt::format("{} in flight each", closed->in_flight);
    }
    return fmt::format("scheduled, {} a day", format_count(messages_per_day(persona)));
}

std::string ids(const Group& group) {
    return group.devices < 2 ? group.device_id(0)
                             : group.device_id(0) + " to " + group.device_id(group.devices - 1);
}

// Only of groups that have other identities than ordinary ones.
std::string format_states(const Plan& plan) {
    std::string text;
    for (const Group& group : plan.groups) {
        std::vector<std::string> parts;
        const auto add = [&parts](double share, std::string_view what) {
            if (share > 0) {
                parts.push_back(fmt::format("{:g}% {}", share * 100, what));
            }
        };
        add(group.identities.absent, "absent");
        add(group.identities.never_connected, "never connected");
        add(group.identities.rejected, "rejected");
        if (!parts.empty()) {
            text += fmt::format("identities of {}: {}\n", group.name, fmt::join(parts, ", "));
        }
    }
    return text;
}

std::string format_groups(const Plan& plan) {
    Table table;
    table.add({"group", "devices", "ids", "transport", "persona", "messages"});
    for (const Group& group : plan.groups) {
        bool first = true;
        for (const Role& role : group.roles) {
            std::vector<std::string> row{"", "", "", ""};
            if (std::exchange(first, false)) {
                row = {group.name, format_count(group.devices), ids(group),
                       std::string(name(group.transport))};
            }
            row.push_back(role.persona.name + (role.starts_later ? ", later" : ""));
            row.push_back(describe(group.load_of(role), role.persona));
            table.add(std::move(row));
        }
    }
    return table.format() + format_states(plan);
}

std::string length(const Phase& phase, const Estimate& sums) {
    if (phase.connect_rate) {
        return format_duration(from_seconds(sums.connect_s));
    }
    return phase.duration ? format_duration(*phase.duration)
                          : "at most " + format_duration(phase.at_most.value_or(Duration::zero()));
}

std::string whose(const TwinUpdates& updates) {
    return updates.personas.empty() ? std::string()
                                    : fmt::format(" of {}", fmt::join(updates.personas, ", "));
}

std::string describe(const TwinUpdates& updates) {
    if (const auto* rated = std::get_if<RateUpdates>(&updates.target)) {
        return fmt::format("{} twin updates{}, {}", per_second(rated->rate), whose(updates),
                           name(rated->arrivals));
    }
    const EveryDevice& every = std::get<EveryDevice>(updates.target);
    return "one twin update for every device" + whose(updates) +
           (every.rate ? ", " + per_second(*every.rate) : std::string());
}

std::string describe(const LifeCycleStep& step) {
    return fmt::format("{}{} at {}", step.persona,
                       step.group.empty() ? std::string() : " in " + step.group,
                       per_second(step.rate));
}

std::string describe(const Phase& phase) {
    std::vector<std::string> parts;
    if (phase.connect_rate) {
        parts.push_back(fmt::format("connect at {}", per_second(*phase.connect_rate)));
    }
    if (phase.twin_updates) {
        parts.push_back(describe(*phase.twin_updates));
    }
    if (phase.start) {
        parts.push_back("start " + describe(*phase.start));
    }
    if (phase.stop) {
        parts.push_back("stop " + describe(*phase.stop));
    }
    if (phase.converged_share) {
        parts.push_back(fmt::format("until {:g}% have confirmed", *phase.converged_share * 100));
    }
    if (!phase.security_messages) {
        parts.emplace_back("no security messages");
    }
    if (!phase.measure) {
        parts.emplace_back("not measured");
    }
    for (const Fault& fault : phase.faults) {
        parts.push_back("fault: " + describe(fault));
    }
    for (const Play& play : phase.plays) {
        parts.push_back("played: " + describe(play));
    }
    return parts.empty() ? "security messages" : fmt::format("{}", fmt::join(parts, "; "));
}

std::string format_phases(const Plan& plan, const Estimate& sums) {
    Table table;
    table.add({"phase", "length", "what"});
    for (const Phase& phase : plan.phases) {
        table.add({phase.name, length(phase, sums), describe(phase)});
    }
    return table.format();
}

std::string cores_text(const Estimate& sums) {
    if (sums.busiest_phase.empty()) {
        return "next to none";
    }
    const std::string hub =
        sums.hub_cores > 0 ? fmt::format(" for the fleet, {:.2g} for the hub", sums.hub_cores) : "";
    return fmt::format("about {:.2g}{}, in phase `{}`", sums.fleet_cores, hub, sums.busiest_phase);
}

std::string format_needs(const Plan& plan, const Estimate& sums) {
    const bool mock = std::holds_alternative<MockHub>(plan.hub);
    const auto count = [](std::uint64_t number) {
        return format_count(static_cast<double>(number));
    };
    Table table;
    table.add({"connections", count(sums.connections)});
    table.add({"open files", mock ? fmt::format("{} for the fleet, {} for the hub",
                                                count(sums.files), count(sums.hub_files))
                                  : count(sums.files)});
    table.add({"memory", "about " + format_size(sums.memory_bytes)});
    table.add({"cores", cores_text(sums)});
    table.add({"source addresses", count(sums.source_addresses)});
    table.add({"connecting",
               format_duration(from_seconds(sums.connect_s)) +
                   (mock ? fmt::format("; at the tier's limit {}",
                                       format_duration(from_seconds(sums.connect_at_tier_s)))
                         : std::string())});
    table.add({"load", sums.load_s > 0 ? "at most " + format_duration(from_seconds(sums.load_s))
                                       : std::string("none")});
    table.add({"messages",
               fmt::format("{} a second by load, {} a day by schedule; {} or more billed by this "
                           "run",
                           format_count(sums.messages_per_s), format_count(sums.scheduled_per_day),
                           format_count(sums.run_messages))});
    table.add({"at this rate",
               format_count(sums.messages_per_day) + " messages a day" +
                   (mock ? fmt::format(", {:.3g}% of the tier's quota", sums.quota_share * 100)
                         : std::string())});
    return table.format();
}

}  // namespace

std::string format(const Plan& plan, const Estimate& estimate) {
    Table head;
    head.add({"scenario", plan.name});
    if (!plan.question.empty()) {
        head.add({"question", plan.question});
    }
    head.add({"hub", describe(plan.hub)});
    head.add({"seed", fmt::format("{}", plan.seed)});
    if (plan.clock) {
        head.add({"clock", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                                       std::chrono::floor<std::chrono::seconds>(*plan.clock))});
    }
    if (plan.tick) {
        head.add({"pacing", fmt::format("on a tick of {}", format_duration(*plan.tick))});
    }
    head.add({"plan", plan.plan_hash});
    std::string text = head.format() + "\n" + format_groups(plan) + "\n" +
                       format_phases(plan, estimate) + "\n" + format_needs(plan, estimate);
    if (!plan.gates.empty()) {
        text += "\ngates\n";
    }
    for (const Gate& gate : plan.gates) {
        text += "  " + gate.expression + "\n";
    }
    if (!estimate.notes.empty()) {
        text += "\nnotes\n";
    }
    for (const std::string& note : estimate.notes) {
        text += "  " + note + "\n";
    }
    return text;
}

}  // namespace twinstorm::plan
