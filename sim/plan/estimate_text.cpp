#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "twinstorm/base/units.h"
#include "twinstorm/plan/estimate.h"

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

std::string describe(const SecurityLoad& load) {
    if (const auto* open = std::get_if<OpenLoad>(&load)) {
        return fmt::format("{} each, {}", per_second(open->rate), name(open->arrivals));
    }
    if (const auto* closed = std::get_if<ClosedLoad>(&load)) {
        return fmt::format("{} in flight each", closed->in_flight);
    }
    return "the persona's schedule";
}

std::string ids(const Group& group) {
    return group.devices < 2 ? group.device_id(0)
                             : group.device_id(0) + " to " + group.device_id(group.devices - 1);
}

std::string format_groups(const Plan& plan) {
    Table table;
    table.add({"group", "devices", "ids", "transport", "security messages"});
    for (const Group& group : plan.groups) {
        table.add({group.name, format_count(group.devices), ids(group),
                   std::string(name(group.transport)), describe(group.security_messages)});
    }
    return table.format();
}

std::string length(const Phase& phase, const Estimate& sums) {
    if (phase.connect_rate) {
        return format_duration(from_seconds(sums.connect_s));
    }
    return phase.duration ? format_duration(*phase.duration)
                          : "at most " + format_duration(phase.at_most.value_or(Duration::zero()));
}

std::string describe(const TwinUpdates& updates) {
    if (const auto* rated = std::get_if<RateUpdates>(&updates.target)) {
        return fmt::format("{} twin updates, {}", per_second(rated->rate), name(rated->arrivals));
    }
    const EveryDevice& every = std::get<EveryDevice>(updates.target);
    return "one twin update for every device" +
           (every.rate ? ", " + per_second(*every.rate) : std::string());
}

std::string describe(const Phase& phase) {
    std::vector<std::string> parts;
    if (phase.connect_rate) {
        parts.push_back(fmt::format("connect at {}", per_second(*phase.connect_rate)));
    }
    if (phase.twin_updates) {
        parts.push_back(describe(*phase.twin_updates));
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
    table.add({"source addresses", count(sums.source_addresses)});
    table.add({"connecting",
               format_duration(from_seconds(sums.connect_s)) +
                   (mock ? fmt::format("; at the tier's limit {}",
                                       format_duration(from_seconds(sums.connect_at_tier_s)))
                         : std::string())});
    table.add({"load", sums.load_s > 0 ? "at most " + format_duration(from_seconds(sums.load_s))
                                       : std::string("none")});
    table.add({"messages",
               fmt::format("{} security messages a second; {} or more billed by this run",
                           format_count(sums.messages_per_s), format_count(sums.run_messages))});
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
