#include "twinstorm/run/machine.h"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

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
