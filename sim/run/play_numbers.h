// The plays of a plan, numbered through: each time that an entry of a phase is played has a number
// of its own, the same on every device.
//
// Rule:   in the order of phases, entries and times; never more than host::kPlayNumbers.
#pragma once

#include <cstddef>
#include <vector>

#include "twinstorm/host/playbook.h"
#include "twinstorm/plan/plan.h"

namespace twinstorm::run {

struct PlayEntry {
    std::size_t phase = 0;
    std::size_t entry = 0;       // Of the phase.
    host::PlayNumber first = 0;  // Of its `times` numbers.
    const plan::Play* play = nullptr;

    [[nodiscard]] host::PlaySet numbers() const;
};

// The plan must outlive them.
[[nodiscard]] std::vector<PlayEntry> play_entries(const plan::Plan& plan);

}  // namespace twinstorm::run
