// The parts of a scenario, each from its value in the tree to its part of the plan.
//
// All of them go on after a mistake, so that one reading finds them all; what they return is only
// complete when no mistake was added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/plan/plan.h"

namespace twinstorm::scenario {

inline constexpr std::size_t kGroupsMax = 1'000;
inline constexpr std::size_t kPhasesMax = 100;
inline constexpr std::size_t kGatesMax = 100;
inline constexpr std::uint32_t kPahoDevicesMax = 1'000;
inline constexpr std::uint32_t kInFlightMax = 1'000;
inline constexpr std::size_t kPatchesMax = 64;

[[nodiscard]] plan::Hub read_hub(const Value& value, Mistakes& mistakes);
// Persona files are looked for from `folder` on.
[[nodiscard]] std::vector<plan::Group> read_fleet(const Value& value, const std::string& folder,
                                                  Mistakes& mistakes);
[[nodiscard]] std::vector<plan::Phase> read_phases(const Value& value, Mistakes& mistakes);

// The patches that take turns: the n-th holds element n of every list, modulo its length.
[[nodiscard]] std::vector<boost::json::object> read_patches(const Value& value, Mistakes& mistakes);

// Of a phase that lasts so long, when that is known ahead.
[[nodiscard]] std::vector<plan::Fault> read_faults(const Value& value,
                                                   const std::optional<Duration>& phase,
                                                   Mistakes& mistakes);
// Personas that phases name, against those of the fleet, and patches against whose twins they are.
void check_personas(const Value& phases, const plan::Plan& plan, Mistakes& mistakes);
// Keys and values that no micro agent would ever be given.
void check_micro_patch(const Value& patch, Mistakes& mistakes);
// Faults need a hub that takes them.
void check_faults(const Value& phases, const plan::Plan& plan, Mistakes& mistakes);

// Of a phase that lasts so long at most, when that is known ahead.
[[nodiscard]] std::vector<plan::Play> read_plays(const Value& value,
                                                 const std::optional<Duration>& phase,
                                                 Mistakes& mistakes);
// What a play needs of the rest of the scenario.
void check_plays(const Value& phases, const plan::Plan& plan, Mistakes& mistakes);

// What the plan would surely use up, against what its budget allows.
void check_budget(const Value& hub, const plan::Plan& plan, Mistakes& mistakes);

}  // namespace twinstorm::scenario
