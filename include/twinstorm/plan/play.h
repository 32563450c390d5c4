// Threat playbooks of a phase: which one, on which devices, and when.
//
// Use:    `scenario` reads them; `run` asks a PhasePlays of each device what is played on it.
// Rules:  a pure function of (run seed, phase, device id), whichever worker asks. A share of the
//         fleet is the same share that the phase's faults select: one can be laid on the other.
// Units:  run time, counted from the phase's begin; shares above 0, up to 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::plan {

inline constexpr std::size_t kPlaysMax = 64;  // Entries of one phase.
// In a whole scenario, each counted as often as it is played: so many the agents of one device can
// tell apart.
inline constexpr std::uint32_t kPlayTimesMax = 64;

struct Play {
    host::PlaybookId playbook = 0;
    std::string device_prefix{};  // Empty: all devices.
    double device_share = 1;
    Duration start{};
    Duration spread{};        // The devices begin within so long, each at an instant of its own.
    std::uint32_t times = 1;  // On each device, evenly over the spread.
    std::string persona{};    // Whose agents see it; empty: all agents of the device.
};

class PhasePlays {
public:
    PhasePlays(std::uint64_t run_seed, std::string_view phase);

    [[nodiscard]] bool chooses(const Play& play, std::string_view device_id) const;
    // Of the phase's `number`-th entry, `times` instants in their order.
    [[nodiscard]] std::vector<Duration> instants(const Play& play, std::size_t number,
                                                 std::string_view device_id) const;

private:
    std::uint64_t selection_seed_;
    std::uint64_t instant_seed_;
};

// What a phase's faults and playbooks draw from.
[[nodiscard]] std::uint64_t phase_seed(std::uint64_t run_seed, std::string_view phase);

// For people: `reverse-shell, devices gw-*, 5% of the devices, after 10s, spread over 30s`.
[[nodiscard]] std::string describe(const Play& play);

}  // namespace twinstorm::plan
