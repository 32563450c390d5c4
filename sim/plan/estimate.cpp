#include "twinstorm/plan/estimate.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "twinstorm/base/units.h"

namespace twinstorm::plan {
namespace {

constexpr double kSecondsPerDay = 86'400;

// Files. Beside its connections a process holds logs, results, timers, event descriptors.
constexpr std::uint64_t kFixedFiles = 64;
constexpr std::uint64_t kOperatorConnections = 8;  // Kept alive by the operator, at the REST API.

// Memory: one TLS connection of an idle device, and one process without any. The 5,000 devices of
// steady-5000.yaml took 146 MiB in the fleet and 96 MiB in the hub, at most.
constexpr std::uint64_t kFleetBytesPerDevice = 30 * 1024;
constexpr std::uint64_t kHubBytesPerDevice = 24 * 1024;
constexpr std::uint64_t kProcessBytes = 32 * 1024 * 1024;

// Ports. Past about 14,000 a source address costs more CPU, and near 28,000 it has no port left.
constexpr std::uint64_t kConnectionsPerAddress = 20'000;

// Messages. A security message of a few events, its envelope and properties included.
constexpr std::uint64_t kSecurityMessageBytes = 1'500;
// The operator's patch, the notice to the agent, and its reported patch; small, so one block each.
constexpr double kBilledPerTwinUpdate = 3;
// The device, and its agent's module.
constexpr double kIdentitiesPerDevice = 2;
// The operator's patch and the agent's reported one.
constexpr double kUpdatesPerTwinUpdate = 2;

double device_count(const Plan& plan) {
    return static_cast<double>(plan.device_count());
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

double security_rate(const Plan& plan) {
    double rate = 0;
    for (const Group& group : plan.groups) {
        if (const auto* open = std::get_if<OpenLoad>(&group.security_messages)) {
            rate += open->rate * group.devices;
        }
    }
    return rate;
}

double twin_update_count(const Phase& phase, double devices) {
    if (!phase.twin_updates) {
        return 0;
    }
    const auto* rated = std::get_if<RateUpdates>(&phase.twin_updates->target);
    return rated ? rated->rate * length_s(phase) : devices;
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
double run_messages(const Plan& plan, double messages_per_s, double blocks) {
    const double devices = device_count(plan);
    double messages = devices;
    for (const Phase& phase : plan.phases) {
        messages += phase.security_messages ? messages_per_s * blocks * length_s(phase) : 0;
        messages += twin_update_count(phase, devices) * kBilledPerTwinUpdate;
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

std::vector<std::string> tier_notes(const Plan& plan, const MockHub& hub, const Estimate& sums) {
    const iothub::TierLimits limits = iothub::limits(hub.tier, hub.units);
    TierNotes notes(hub, limits);
    notes.creating(device_count(plan) * kIdentitiesPerDevice);
    notes.rate("Connecting", connect_rate(plan), limits.connections, sums.connect_s);
    notes.rate("Twin reads, one on each connect", connect_rate(plan), limits.twin_reads,
               sums.connect_s);
    notes.rate("Security messages", sums.messages_per_s, limits.device_messages, loaded_s(plan));
    for (const Phase& phase : plan.phases) {
        notes.phase(phase, device_count(plan));
    }
    notes.quota(sums.run_messages);
    return notes.take();
}

void add_tier(const Plan& plan, const MockHub& hub, Estimate& sums) {
    const iothub::TierLimits limits = iothub::limits(hub.tier, hub.units);
    sums.hub_files = sums.connections + kOperatorConnections + kFixedFiles;
    sums.memory_bytes += sums.connections * kHubBytesPerDevice + kProcessBytes;
    sums.connect_at_tier_s = device_count(plan) / limits.connections;
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
    sums.connections = plan.device_count();
    sums.files = sums.connections + kFixedFiles;
    sums.memory_bytes = sums.connections * kFleetBytesPerDevice + kProcessBytes;
    sums.source_addresses = static_cast<std::uint32_t>(std::max<std::uint64_t>(
        1, (sums.connections + kConnectionsPerAddress - 1) / kConnectionsPerAddress));
    const double rate = connect_rate(plan);
    sums.connect_s = rate > 0 ? device_count(plan) / rate : 0;
    for (const Phase& phase : plan.phases) {
        sums.load_s += length_s(phase);
    }
    const auto blocks =
        static_cast<double>(iothub::metered_messages(kSecurityMessageBytes, block_bytes(plan.hub)));
    sums.messages_per_s = security_rate(plan);
    sums.messages_per_day = sums.messages_per_s * blocks * kSecondsPerDay;
    sums.run_messages = run_messages(plan, sums.messages_per_s, blocks);
    if (const auto* mock = std::get_if<MockHub>(&plan.hub)) {
        add_tier(plan, *mock, sums);
    }
    return sums;
}

std::vector<std::string> shortages(const Estimate& estimate, const MachineLimits& machine) {
    std::vector<std::string> sentences;
    const std::uint64_t files = std::max(estimate.files, estimate.hub_files);
    if (machine.files > 0 && files > machine.files) {
        sentences.push_back(fmt::format(
            "{} open files are needed in one process, and this machine allows {}: raise "
            "the limit with `ulimit -n {}`, or plan fewer devices.",
            files, machine.files, files));
    }
    if (machine.memory_bytes > 0 && estimate.memory_bytes > machine.memory_bytes) {
        sentences.push_back(
            fmt::format("About {} of memory are needed, and {} are available: plan "
                        "fewer devices, or run the hub on another machine.",
                        format_size(estimate.memory_bytes), format_size(machine.memory_bytes)));
    }
    const std::uint64_t ports =
        std::uint64_t{machine.ports_per_address} * estimate.source_addresses;
    if (estimate.connections > ports) {
        sentences.push_back(
            fmt::format("{} local ports are needed, and {} are available: widen "
                        "`net.ipv4.ip_local_port_range`, or plan fewer devices.",
                        estimate.connections, ports));
    }
    return sentences;
}

}  // namespace twinstorm::plan
