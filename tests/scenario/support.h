// Scenarios with one part to try out, the rest of them right, and their mistakes as printed.
#pragma once

#include <string>
#include <vector>

#include "twinstorm/scenario/scenario.h"

namespace twinstorm::scenario {

using Lines = std::vector<std::string>;

// As `check` prints them, for a file named `s`.
[[nodiscard]] inline Lines mistakes(const std::string& yaml, const Overrides& overrides = {}) {
    const auto plan = parse_scenario(yaml, "s", overrides);
    Lines lines;
    if (!plan) {
        for (const Mistake& mistake : plan.error()) {
            lines.push_back(mistake.format());
        }
    }
    return lines;
}

inline const std::string kPhases =
    "phases: [{name: c, connect: {rate: 10/s}}, {name: s, duration: 1s}]\n";
inline const std::string kFleet = "fleet: [{group: g, devices: 2}]\n";

// The hub stands in line 4, from column 6.
[[nodiscard]] inline std::string with_hub(const std::string& hub) {
    return "name: n\n" + kFleet + kPhases + "hub: " + hub + "\n";
}

// The groups stand in lines 5 and after, from column 3.
[[nodiscard]] inline std::string with_groups(const std::vector<std::string>& groups) {
    std::string yaml = "name: n\nhub: {mock: {}}\n" + kPhases + "fleet:\n";
    for (const std::string& group : groups) {
        yaml += "- " + group + "\n";
    }
    return yaml;
}

// The phases stand in lines 5 and after, from column 3.
[[nodiscard]] inline std::string with_phases(const std::vector<std::string>& phases) {
    std::string yaml = "name: n\nhub: {mock: {}}\n" + kFleet + "phases:\n";
    for (const std::string& phase : phases) {
        yaml += "- " + phase + "\n";
    }
    return yaml;
}

}  // namespace twinstorm::scenario
