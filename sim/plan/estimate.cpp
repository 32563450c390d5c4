#include "twinstorm/plan/estimate.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "twinstorm/base/units.h"
#include "twinstorm/plan/life_cycle.h"
#include "twinstorm/plan/persona_rate.h"
#include "twinstorm/plan/play_sight.h"
#include "twinstorm/plan/unit_cost.h"

namespace twinstorm::plan {
namespace {

constexpr double kSecondsPerDay = 86'400;

// Messages. A security message of a few events, its envelope and properties included.
constexpr std::uint64_t kSecurityMessageBytes = 1'500;
// The operator's patch, the notice to the agent, and its reported patch; small, so one block each.
constexpr double kBilledPerTwinUpdate = 3;
// The operator's patch and the agent's reported one.
constexpr double kUpdatesPerTwinUpdate = 2;

double device_count(const Plan& plan) {
    return static_cast<double>(plan.device_count());
}

template <class Value>
double sum_over_roles(const Plan& plan, Value value) {
    double sum = 0;
    for (const Group& group : plan.groups) {
        for (const Role& role : group.roles) {
            sum += value(group, role) * group.devices;
        }
    }
    return sum;
}

// Identities that connect in the connect phase: a share of them has no client.
double first_connections(const Plan& plan) {
    return sum_over_roles(plan, [](const Group& group, const Role& role) {
        return role.starts_later ? 0 : 1 - group.identities.never_connected;
    });
}

double twin_count(const Plan& plan) {
    return sum_over_roles(plan, [](const Group& group, const Role& role) {
        return role.persona.has_twin ? 1 - group.identities.never_connected : 0;
    });
}

// In the registry: each device, and the modules of its agents.
double registered(const Plan& plan) {
    return device_count(plan) + sum_over_roles(plan, [](const Group&, const Role& role) {
               return role.persona.module_id.empty() ? 0 : 1;
           });
}

// Messages a day that agents send by their own schedules.
double scheduled_per_day(const Plan& plan) {
    return sum_over_roles(plan, [](const Group& group, const Role& role) {
        const bool own = std::holds_alternative<PersonaSchedule>(group.load_of(role));
        return own ? messages_per_day(role.persona) : 0;
    });
}

double connect_rate(const Plan& plan) {
    for (const Phase& phase : plan.phases) {
        if (phase.connect_rate) {
            return *phase.connect_rate;
        }
    }
    return 0;
}

double length_s(const Phase& phase) {
    return to_seconds(phase.duration.value_or(phase.at_most.value_or(Duration::zero())));
}

double open_rate(const Plan& plan) {
    return sum_over_roles(plan, [](const Group& group, const Role& role) {
        const auto* open = std::get_if<OpenLoad>(&group.load_of(role));
        return open != nullptr ? open->rate : 0;
    });
}

// How many twins a phase's updates are to reach.
double targets(const Plan& plan, const Phase& phase) {
    const auto index = static_cast<std::size_t>(&phase - plan.phases.data());
    return static_cast<double>(identities_in(plan, updated_roles(plan, index)));
}

double twin_update_count(const Phase& phase, double targets) {
    if (!phase.twin_updates) {
        return 0;
    }
    const auto* rated = std::get_if<RateUpdates>(&phase.twin_updates->target);
    return rated ? rated->rate * length_s(phase) : targets;
}

double twin_update_rate(const Phase& phase) {
    if (!phase.twin_updates) {
        return 0;
    }
    if (const auto* rated = std::get_if<RateUpdates>(&phase.twin_updates->target)) {
        return rated->rate;
    }
    return std::get<EveryDevice>(phase.twin_updates->target).rate.value_or(0);
}

// Every agent reads its twin once; then what the phases plan.
double run_messages(const Plan& plan, const Estimate& sums, double blocks) {
    double messages = twin_count(plan);
    for (const Phase& phase : plan.phases) {
        messages += phase.security_messages ? sums.messages_per_s * blocks * length_s(phase) : 0;
        messages += sums.scheduled_per_day * blocks * length_s(phase) / kSecondsPerDay;
        messages += twin_update_count(phase, targets(plan, phase)) * kBilledPerTwinUpdate;
    }
    return messages;
}

// How long security messages flow, at most.
double loaded_s(const Plan& plan) {
    double seconds = 0;
    for (const Phase& phase : plan.phases) {
        seconds += phase.security_messages ? length_s(phase) : 0;
    }
    return seconds;
}

double started_by(const Plan& plan, const Phase& phase) {
    return sum_over_roles(plan, [&phase](const Group& group, const Role& role) {
        return phase.start && is_meant(*phase.start, group, role) ? 1 : 0;
    });
}

class TierNotes {
public:
    TierNotes(const MockHub& hub, const iothub::TierLimits& limits)
        : tier_(fmt::format("{} x {}", iothub::name(hub.tier), hub.units)), limits_(limits) {}

    // What is planned for that long; burst credit may carry it.
    void rate(std::string_view what, double planned, double limit, double length_s) {
        const double credit_s = planned > limit ? kCredit_s * limit / (planned - limit) : length_s;
        if (credit_s < length_s) {
            notes_.push_back(
                fmt::format("{}: {}/s planned, {} serves {}/s; its burst credit lasts "
                            "{}, then the hub throttles.",
                            what, format_count(planned), tier_, format_count(limit),
                            format_duration(from_seconds(credit_s))));
        }
    }

    void creating(double identities) {
        const double limit = limits_.registry_operations;
        const double beyond = identities - kCredit_s * limit;
        if (beyond > 0) {
            notes_.push_back(fmt::format(
                "Creating {} identities: {} serves {}/s, about {} beyond its burst credit.",
                format_count(identities), tier_, format_count(limit),
                format_duration(from_seconds(beyond / limit))));
        }
    }

    void start(const Phase& phase, double identities) {
        if (phase.start) {
            rate(fmt::format("Starting {} in phase `{}`", phase.start->persona, phase.name),
                 phase.start->rate, limits_.connections, identities / phase.start->rate);
        }
    }

    void phase(const Phase& phase, double devices) {
        rate(fmt::format("Twin updates in phase `{}`, each with its reported patch", phase.name),
             twin_update_rate(phase) * kUpdatesPerTwinUpdate, limits_.twin_updates,
             length_s(phase));
        const double needed_s =
            twin_update_count(phase, devices) * kUpdatesPerTwinUpdate / limits_.twin_updates;
        if (phase.at_most && needed_s > to_seconds(*phase.at_most)) {
            notes_.push_back(fmt::format(
                "Roll-out in phase `{}`: {} at what {} serves for long, beyond its `at_most` of "
                "{}; only the tier's burst credit can make it.",
                phase.name, format_duration(from_seconds(needed_s)), tier_,
                format_duration(*phase.at_most)));
        }
    }

    void quota(double messages) {
        const auto daily = static_cast<double>(limits_.messages_per_day);
        if (messages > daily) {
            notes_.push_back(fmt::format("Messages: this run needs {} or more, {} has {} a day.",
                                         format_count(messages), tier_, format_count(daily)));
        }
    }

    [[nodiscard]] std::vector<std::string> take() { return std::move(notes_); }

private:
    static constexpr double kCredit_s = std::chrono::duration<double>(iothub::kBurstCredit).count();

    std::string tier_;
    iothub::TierLimits limits_;
    std::vector<std::string> notes_;
};

// Where connections of its own spread over several local addresses: towards a loopback peer only.
bool spreads_over_addresses(const Plan& plan) {
    const auto* const real = std::get_if<RealHub>(&plan.hub);
    return real == nullptr || !real->ready_file.empty();
}

double update_rate(const Plan& plan, const Phase& phase) {
    const double planned = twin_update_rate(phase);
    if (planned > 0 || !phase.twin_updates) {
        return planned;
    }
    // As fast as the tier allows; each patch is followed by a reported one.
    const auto* const mock = std::get_if<MockHub>(&plan.hub);
    return mock == nullptr
               ? 0
               : iothub::limits(mock->tier, mock->units).twin_updates / kUpdatesPerTwinUpdate;
}

// What happens in a second of a phase.
struct Pace {
    double connects = 0;
    double messages = 0;
    double updates = 0;
    double keep_alives = 0;
};

Pace pace_of(const Plan& plan, const Phase& phase, const Estimate& sums) {
    Pace pace;
    const double devices = std::max(1.0, device_count(plan));
    if (phase.connect_rate) {
        pace.connects = *phase.connect_rate * first_connections(plan) / devices;
    }
    pace.connects += phase.start && started_by(plan, phase) > 0 ? phase.start->rate : 0;
    pace.messages = sums.scheduled_per_day / kSecondsPerDay;
    pace.messages += !phase.connect_rate && phase.security_messages ? sums.messages_per_s : 0;
    pace.updates = update_rate(plan, phase);
    pace.keep_alives = sum_over_roles(plan, [](const Group&, const Role& role) {
        return 1 / std::max(1.0, to_seconds(role.persona.habits.keep_alive));
    });
    return pace;
}

// Cores are needed for the busiest phase.
void add_cores(const Plan& plan, Estimate& sums) {
    for (const Phase& phase : plan.phases) {
        const Pace pace = pace_of(plan, phase, sums);
        const double fleet_us = pace.connects * unit_cost::kFleetConnectUs +
                                pace.messages * unit_cost::kFleetMessageUs +
                                pace.updates * unit_cost::kFleetTwinUpdateUs +
                                pace.keep_alives * unit_cost::kKeepAliveUs;
        const double hub_us =
            pace.connects * unit_cost::kHubConnectUs + pace.messages * unit_cost::kHubMessageUs +
            pace.updates * unit_cost::kHubTwinUpdateUs + pace.keep_alives * unit_cost::kKeepAliveUs;
        const bool ours = std::holds_alternative<MockHub>(plan.hub);
        const double hub_cores = ours ? hub_us / 1e6 : 0;
        if (fleet_us / 1e6 + hub_cores > sums.fleet_cores + sums.hub_cores) {
            sums.fleet_cores = fleet_us / 1e6;
            sums.hub_cores = hub_cores;
            sums.busiest_phase = phase.name;
        }
    }
}

std::vector<std::string> tier_notes(const Plan& plan, const MockHub& hub, const Estimate& sums) {
    const iothub::TierLimits limits = iothub::limits(hub.tier, hub.units);
    TierNotes notes(hub, limits);
    // Of each device that connects; a device's identities connect together.
    const double devices = std::max(1.0, device_count(plan));
    const double connections = connect_rate(plan) * first_connections(plan) / devices;
    const double reads = connect_rate(plan) * twin_count(plan) / devices;
    notes.creating(registered(plan));
    notes.rate("Connecting", connections, limits.connections, sums.connect_s);
    notes.rate("Twin reads, one on each connect", std::min(reads, connections), limits.twin_reads,
               sums.connect_s);
    notes.rate("Security messages", sums.messages_per_s + sums.scheduled_per_day / kSecondsPerDay,
               limits.device_messages, loaded_s(plan));
    for (const Phase& phase : plan.phases) {
        notes.start(phase, started_by(plan, phase));
        notes.phase(phase, targets(plan, phase));
    }
    notes.quota(sums.run_messages);
    return notes.take();
}

void add_tier(const Plan& plan, const MockHub& hub, Estimate& sums) {
    const iothub::TierLimits limits = iothub::limits(hub.tier, hub.units);
    sums.hub_files = sums.connections + unit_cost::kOperatorConnections + unit_cost::kFixedFiles;
    sums.memory_bytes += sums.connections * unit_cost::kHubAgentBytes + unit_cost::kProcessBytes;
    sums.connect_at_tier_s = first_connections(plan) / limits.connections;
    sums.quota_share = sums.messages_per_day / static_cast<double>(limits.messages_per_day);
    if (hub.throttle) {
        sums.notes = tier_notes(plan, hub, sums);
    }
}

std::uint64_t block_bytes(const Hub& hub) {
    const auto* mock = std::get_if<MockHub>(&hub);
    // A real hub's tier is not known: the block of all paid tiers.
    return mock ? iothub::limits(mock->tier, mock->units).metering_block_bytes
                : iothub::TierLimits{}.metering_block_bytes;
}

}  // namespace

Estimate estimate(const Plan& plan) {
    Estimate sums;
    sums.connections = static_cast<std::uint64_t>(
        std::llround(sum_over_roles(plan, [](const Group& group, const Role&) {
            return 1 - group.identities.never_connected;
        })));
    sums.files = sums.connections + unit_cost::kFixedFiles;
    sums.memory_bytes = sums.connections * unit_cost::kFleetAgentBytes + unit_cost::kProcessBytes;
    if (spreads_over_addresses(plan)) {
        sums.source_addresses = static_cast<std::uint32_t>(
            std::max<std::uint64_t>(1, (sums.connections + unit_cost::kConnectionsPerAddress - 1) /
                                           unit_cost::kConnectionsPerAddress));
    }
    const double rate = connect_rate(plan);
    sums.connect_s = rate > 0 ? device_count(plan) / rate : 0;
    for (const Phase& phase : plan.phases) {
        sums.load_s += length_s(phase);
    }
    const auto blocks =
        static_cast<double>(iothub::metered_messages(kSecurityMessageBytes, block_bytes(plan.hub)));
    sums.messages_per_s = open_rate(plan);
    sums.scheduled_per_day = scheduled_per_day(plan);
    sums.messages_per_day =
        (sums.messages_per_s * kSecondsPerDay + sums.scheduled_per_day) * blocks;
    sums.run_messages = run_messages(plan, sums, blocks);
    add_cores(plan, sums);
    if (const auto* mock = std::get_if<MockHub>(&plan.hub)) {
        add_tier(plan, *mock, sums);
    }
    const std::vector<std::string> notes = play_notes(plan);
    sums.notes.insert(sums.notes.end(), notes.begin(), notes.end());
    return sums;
}

}  // namespace twinstorm::plan
