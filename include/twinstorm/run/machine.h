// Facts about this machine and its processes, read from /proc: for the result's environment and for
// the checks before a run.
//
// Errors: none; what cannot be read is left out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "twinstorm/base/time.h"
#include "twinstorm/plan/estimate.h"

namespace twinstorm::run {

[[nodiscard]] std::map<std::string, std::string> machine_facts();
[[nodiscard]] plan::MachineLimits
machine_limits();  // Raises the soft limit of files to the hard one.
[[nodiscard]] std::optional<Duration> process_cpu_time(int process);
[[nodiscard]] std::optional<std::uint64_t> process_memory_max(int process);  // Bytes.
[[nodiscard]] std::uint64_t disk_page_faults();  // Of this process, since it began.

// How long the calling thread waited for a core; none where the kernel does not count it.
[[nodiscard]] std::optional<Duration> thread_wait_time();

// Ticks of all CPUs: those stolen by the host, and all.
struct CpuTicks {
    std::uint64_t stolen = 0;
    std::uint64_t all = 0;
};
[[nodiscard]] CpuTicks cpu_ticks();

}  // namespace twinstorm::run
