#include "twinstorm/run/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "twinstorm/base/units.h"

namespace twinstorm::run {
namespace {

// The value after `key` and a colon in a file of such lines.
std::string field(const std::string& path, std::string_view key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(key)) {
            const auto colon = line.find(':');
            const auto value = line.find_first_not_of(" \t", colon + 1);
            return colon == std::string::npos || value == std::string::npos ? ""
                                                                            : line.substr(value);
        }
    }
    return {};
}

std::uint64_t kibibytes(const std::string& text) {
    std::uint64_t number = 0;
    std::istringstream(text) >> number;
    return number * 1024;
}

// Where this process's cgroup lies: of version 1's controller, or of version 2 (no controller).
std::string cgroup_folder(std::string_view controller) {
    std::ifstream file("/proc/self/cgroup");  // Lines of `number:controllers:path`.
    for (std::string line; std::getline(file, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string::npos) {
            continue;
        }
        const std::string names = "," + line.substr(first + 1, second - first - 1) + ",";
        if (names == "," + std::string(controller) + "," ||
            (!controller.empty() && names.find(fmt::format(",{},", controller)) != names.npos)) {
            const std::string root = controller.empty()
                                         ? "/sys/fs/cgroup"
                                         : fmt::format("/sys/fs/cgroup/{}", controller);
            return root + line.substr(second + 1);
        }
    }
    return "/none";
}

// Of this process's cgroup, in cores; none when it has no quota. Version 2 first, then version 1.
std::optional<double> cgroup_cores() {
    double quota = 0;
    double period = 0;
    std::ifstream second(cgroup_folder("") + "/cpu.max");
    if (second >> quota >> period) {  // `max` is no number.
        return period > 0 ? std::optional(quota / period) : std::nullopt;
    }
    const std::string folder = cgroup_folder("cpu");
    std::ifstream(folder + "/cpu.cfs_quota_us") >> quota;
    std::ifstream(folder + "/cpu.cfs_period_us") >> period;
    return quota > 0 && period > 0 ? std::optional(quota / period) : std::nullopt;
}

double usable_cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    double cores = std::max(1u, std::thread::hardware_concurrency());
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        cores = CPU_COUNT(&allowed);
    }
    return std::min(cores, cgroup_cores().value_or(cores));
}

}  // namespace

std::map<std::string, std::string> machine_facts() {
    std::map<std::string, std::string> facts;
    utsname system{};
    if (uname(&system) == 0) {
        facts["machine.kernel"] = fmt::format("{} {}", system.sysname, system.release);
    }
    facts["machine.cpu"] = field("/proc/cpuinfo", "model name");
    facts["machine.cores"] = std::to_string(std::thread::hardware_concurrency());
    facts["machine.memory"] = format_size(kibibytes(field("/proc/meminfo", "MemTotal")));
    facts["machine.files_max"] = std::to_string(machine_limits().files);
    std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
    return facts;
}

plan::MachineLimits machine_limits() {
    plan::MachineLimits limits;
    limits.cores = usable_cores();
    std::uint32_t first_port = 0;
    std::uint32_t last_port = 0;
    if (std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first_port >> last_port) {
        limits.ports_per_address = last_port - first_port + 1;
    }
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        if (files.rlim_cur < files.rlim_max) {
            files.rlim_cur = files.rlim_max;
            setrlimit(RLIMIT_NOFILE, &files);
            getrlimit(RLIMIT_NOFILE, &files);
        }
        limits.files = files.rlim_cur;
    }
    limits.memory_bytes = kibibytes(field("/proc/meminfo", "MemAvailable"));
    return limits;
}

std::optional<Duration> process_cpu_time(int process) {
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    std::string line;
    if (!std::getline(file, line) || line.rfind(')') == std::string::npos) {
        return std::nullopt;
    }
    // After the name in parentheses: state is field 3; utime and stime are 14 and 15 (proc(5)).
    std::istringstream rest(line.substr(line.rfind(')') + 2));
    std::string skipped;
    for (int number = 3; number < 14; ++number) {
        rest >> skipped;
    }
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    rest >> user >> system;
    const auto per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
    return Duration(static_cast<std::int64_t>((user + system) * (1'000'000'000 / per_second)));
}

std::optional<std::uint64_t> process_memory_max(int process) {
    const std::string text = field(fmt::format("/proc/{}/status", process), "VmHWM");
    return text.empty() ? std::nullopt : std::optional(kibibytes(text));
}

std::uint64_t disk_page_faults() {
    rusage usage{};
    return getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<std::uint64_t>(usage.ru_majflt) : 0;
}

// Three numbers: nanoseconds on a core, nanoseconds ready without one, time slices.
std::optional<Duration> thread_wait_time() {
    std::ifstream file("/proc/thread-self/schedstat");
    std::int64_t ran = 0;
    std::int64_t waited = 0;
    return file >> ran >> waited ? std::optional(Duration(waited)) : std::nullopt;
}

CpuTicks cpu_ticks() {
    std::ifstream file("/proc/stat");
    std::string word;
    file >> word;
    CpuTicks ticks;
    constexpr int kStealField = 7;  // user nice system idle iowait irq softirq steal, proc(5).
    for (int number = 0; number <= kStealField; ++number) {
        std::uint64_t value = 0;
        file >> value;
        ticks.all += value;
        ticks.stolen = value;
    }
    return ticks;
}

}  // namespace twinstorm::run
