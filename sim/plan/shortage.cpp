// What a plan asks for held against what a machine has: in sentences, each with what would do.

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "twinstorm/base/units.h"
#include "twinstorm/plan/estimate.h"

namespace twinstorm::plan {
namespace {

constexpr std::string_view kSplit =
    "divide the devices among several scenarios, each run in a process of its own against one "
    "`twinstorm hub`";

std::string count(std::uint64_t number) {
    return format_count(static_cast<double>(number));
}

// Fleet and hub are two processes, and the limit is each one's; one sentence says it of both.
void check_files(const Estimate& estimate, const MachineLimits& machine,
                 std::vector<std::string>& sentences) {
    const bool fleet = estimate.files > machine.files;
    const bool hub = estimate.hub_files > machine.files;
    if (machine.files == 0 || (!fleet && !hub)) {
        return;
    }
    const std::string both = fmt::format("fleet needs {} open files and the hub {}",
                                         count(estimate.files), count(estimate.hub_files));
    const std::string one = fmt::format("{} needs {} open files", fleet ? "fleet" : "hub",
                                        count(fleet ? estimate.files : estimate.hub_files));
    sentences.push_back(fmt::format(
        "The {}, and this machine allows a process {}: raise the limit with `ulimit -n {}`, plan "
        "fewer devices, or {}.",
        fleet && hub ? both : one, count(machine.files),
        std::max(estimate.files, estimate.hub_files), kSplit));
}

void check_ports(const Estimate& estimate, const MachineLimits& machine,
                 std::vector<std::string>& sentences) {
    const std::uint64_t ports =
        std::uint64_t{machine.ports_per_address} * estimate.source_addresses;
    if (estimate.connections > ports) {
        sentences.push_back(fmt::format(
            "{} local ports are needed, and {} are available at {} source address{}: widen "
            "`net.ipv4.ip_local_port_range`, plan fewer devices, or run part of them from another "
            "machine or address.",
            count(estimate.connections), count(ports), estimate.source_addresses,
            estimate.source_addresses == 1 ? "" : "es"));
    }
}

void check_memory(const Estimate& estimate, const MachineLimits& machine,
                  std::vector<std::string>& sentences) {
    if (machine.memory_bytes > 0 && estimate.memory_bytes > machine.memory_bytes) {
        sentences.push_back(fmt::format(
            "About {} of memory are needed, and {} are available: plan fewer devices{}.",
            format_size(estimate.memory_bytes), format_size(machine.memory_bytes),
            estimate.hub_files > 0 ? ", or run the hub on another machine" : ""));
    }
}

std::string cores_needed(const Estimate& estimate) {
    const std::string hub =
        estimate.hub_cores > 0
            ? fmt::format(" for the fleet and {:.2g} for the hub", estimate.hub_cores)
            : std::string();
    return fmt::format("about {:.2g} cores{} in phase `{}`", estimate.fleet_cores, hub,
                       estimate.busiest_phase);
}

std::string what_saves_cores(const Estimate& estimate) {
    return estimate.hub_cores > 0 ? "lower the rates, or run the hub on another machine"
                                  : "lower the rates, or run part of the devices elsewhere";
}

double cores(const Estimate& estimate) {
    return estimate.fleet_cores + estimate.hub_cores;
}

}  // namespace

std::vector<std::string> shortages(const Estimate& estimate, const MachineLimits& machine) {
    std::vector<std::string> sentences;
    check_files(estimate, machine, sentences);
    check_memory(estimate, machine, sentences);
    check_ports(estimate, machine, sentences);
    if (machine.cores > 0 && cores(estimate) > machine.cores * kHopelessCores) {
        sentences.push_back(fmt::format("The load needs {}, and this machine has {:.3g}: {}.",
                                        cores_needed(estimate), machine.cores,
                                        what_saves_cores(estimate)));
    }
    return sentences;
}

std::vector<std::string> doubts(const Estimate& estimate, const MachineLimits& machine) {
    std::vector<std::string> sentences;
    if (machine.cores <= 0 || cores(estimate) > machine.cores * kHopelessCores) {
        return sentences;  // Not known, or a shortage.
    }
    if (cores(estimate) > machine.cores) {
        sentences.push_back(fmt::format(
            "The load needs {} by what one message cost where it was measured, and this machine "
            "has {:.3g}: the run may end invalid. To be safe, {}.",
            cores_needed(estimate), machine.cores, what_saves_cores(estimate)));
    }
    return sentences;
}

}  // namespace twinstorm::plan
