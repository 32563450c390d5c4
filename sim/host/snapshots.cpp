// What a device looks like at an instant: drawn from its seed, changing slowly, and marked by the
// playbooks that were played on it.

#include <algorithm>
#include <chrono>

#include "host/chance.h"
#include "host/entries.h"
#include "host/playbook_rows.h"
#include "host/rows.h"
#include "host/stage.h"
#include "twinstorm/base/check.h"
#include "twinstorm/host/host.h"

namespace twinstorm::host {
namespace {

// Things of their own are drawn from seeds of their own.
constexpr std::uint64_t kMemorySalt = 0xa0761d6478bd642f;
constexpr std::uint64_t kCheckSalt = 0xe7037ed1a0b428db;
constexpr std::uint64_t kPackageSalt = 0x8ebc6af09c88c6e3;

// In 2^-16 between 0 and 1.
std::int64_t noise(std::uint64_t seed, std::int64_t hour, std::int64_t into_hour_65536) {
    const auto point = [seed](std::int64_t at) {
        return static_cast<std::int64_t>(draw_at(seed, static_cast<std::uint64_t>(at)) >> 48);
    };
    const std::int64_t here = point(hour);
    return here + (point(hour + 1) - here) * into_hour_65536 / 65'536;
}

// Some days after this one, a device has its first updates.
constexpr std::int64_t kFirstUpdatesDay = 20'362;  // 2025-10-01
constexpr std::uint32_t kUpdateDays = 150;
// So long a check keeps its result, about.
constexpr std::uint32_t kCheckDays = 240;

std::size_t update_level(std::int64_t day, std::uint32_t phase) {
    const std::int64_t passed = day - kFirstUpdatesDay - phase;
    return passed < 0 ? 0
                      : std::min<std::size_t>(kPackageLevels - 1,
                                              1 + static_cast<std::size_t>(passed / kUpdateDays));
}

CheckResult draw_result(std::uint64_t bits, unsigned fail_percent) {
    constexpr std::uint32_t kErrorOf1000 = 6;
    constexpr std::uint32_t kSkipOf1000 = 40;
    const std::uint32_t drawn = scale(static_cast<std::uint32_t>(bits >> 32), 1000);
    if (drawn < kErrorOf1000) {
        return CheckResult::kError;
    }
    if (drawn < kErrorOf1000 + kSkipOf1000) {
        return CheckResult::kSkip;
    }
    const std::uint32_t judged = scale(static_cast<std::uint32_t>(bits), 100);
    return judged < fail_percent ? CheckResult::kFail : CheckResult::kPass;
}

std::uint32_t days_phase(std::uint64_t bits, std::uint32_t days) {
    return scale(static_cast<std::uint32_t>(bits), days);
}

// What an attacker, or a careless person, undoes first.
constexpr Severity kFailingSeverity = Severity::kCritical;

}  // namespace

MemoryFacts Host::memory(TimePoint at) const {
    const std::int64_t hour = hour_of(at);
    const std::int64_t into = (at - start_of(hour)).count() / (3'600'000'000'000 / 65'536);
    const Machine& machine = catalogue().machines[profile_.machine];
    const auto drawn = static_cast<std::uint64_t>(noise(seed_ ^ kMemorySalt, hour, into));
    // 30 to 60 percent of the memory are free, 80 to 100 of the swap.
    constexpr std::uint64_t kPercent = 100 * 65'536;
    return {machine.memory_kb * (30 * 65'536 + drawn * 30) / kPercent,
            machine.swap_kb * (80 * 65'536 + drawn * 20) / kPercent};
}

void Host::checks(TimePoint at, std::vector<CheckFinding>& found) const {
    const bool undone = shows(Trace::kChecksFail, at);
    const auto rows = check_rows();
    const std::int64_t day = day_of(at);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto index = static_cast<std::uint16_t>(i);
        if (index == played_check()) {
            continue;
        }
        const std::uint64_t seed = draw_at(seed_ ^ kCheckSalt, i);
        const auto epoch =
            static_cast<std::uint64_t>((day + days_phase(seed, kCheckDays)) / kCheckDays);
        const CheckResult result = draw_result(draw_at(seed, epoch), rows[i].fail_percent);
        const bool fails = undone && rows[i].severity == kFailingSeverity;
        found.push_back({index, fails ? CheckResult::kFail : result});
    }
    if (shows(Trace::kTestCheckFails, at)) {
        found.push_back({played_check(), CheckResult::kFail});
    }
}

void Host::packages(TimePoint at, std::vector<std::uint16_t>& found) const {
    const auto rows = package_rows();
    const std::size_t systems = system_rows().size();
    const std::int64_t day = day_of(at);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if ((rows[i].kinds & of(profile_.kind)) == 0) {
            continue;
        }
        const std::uint32_t phase = days_phase(draw_at(seed_ ^ kPackageSalt, i), kUpdateDays);
        found.push_back(static_cast<std::uint16_t>(
            (i * systems + profile_.operating_system) * kPackageLevels + update_level(day, phase)));
    }
}

void Host::listening_ports(TimePoint at, std::vector<std::uint16_t>& found) const {
    const auto rows = listening_port_rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if ((rows[i].kinds & of(profile_.kind)) != 0) {
            found.push_back(static_cast<std::uint16_t>(i));
        }
    }
    if (shows(Trace::kOpenPort, at)) {
        found.push_back(played_listening_port());
    }
}

void Host::firewall_rules(TimePoint at, std::vector<std::uint16_t>& found) const {
    const auto rows = firewall_rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if ((rows[i].kinds & of(profile_.kind)) != 0) {
            found.push_back(static_cast<std::uint16_t>(i));
        }
    }
    const auto add_shown = [&](Trace trace, PermissiveRule rule) {
        if (shows(trace, at)) {
            found.push_back(played_firewall_rule(rule));
        }
    };
    add_shown(Trace::kPermissivePolicy, PermissiveRule::kPolicy);
    add_shown(Trace::kPermissiveInput, PermissiveRule::kInput);
    add_shown(Trace::kPermissiveOutput, PermissiveRule::kOutput);
}

void Host::users(TimePoint at, std::vector<std::uint16_t>& found) const {
    const auto rows = user_rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto index = static_cast<std::uint16_t>(i);
        if (index != user::kTechnician && (rows[i].kinds & of(profile_.kind)) != 0) {
            found.push_back(index);
        }
    }
    found.push_back(profile_.person);
    if (!shows(Trace::kUserDeleted, at)) {
        found.push_back(shows(Trace::kUserPromoted, at)  ? user::kTechnicianPromoted
                        : shows(Trace::kUserDemoted, at) ? user::kTechnicianDemoted
                                                         : user::kTechnician);
    }
    if (shows(Trace::kUserAdded, at)) {
        found.push_back(user::kIntruder);
    }
}

void Host::hardware(std::vector<std::uint16_t>& found) const {
    const auto rows = hardware_rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if ((rows[i].kinds & of(profile_.kind)) != 0) {
            found.push_back(static_cast<std::uint16_t>(i));
        }
    }
}

std::uint32_t Host::process_id_of(std::uint16_t program) const {
    return service_process_id(program, seed_);
}

bool Host::shows(Trace trace, TimePoint at) const {
    return std::ranges::any_of(played_, [&](const Played& played) {
        return played.at <= at && playbook_row(played.playbook).trace == trace;
    });
}

PlaySet Host::plays_shown(Snapshot snapshot, TimePoint at) const {
    PlaySet plays = 0;
    for (const Played& played : played_) {
        if (played.at <= at && snapshot_of(playbook_row(played.playbook).trace) == snapshot) {
            plays |= PlaySet{1} << played.number;
        }
    }
    return plays;
}

}  // namespace twinstorm::host
