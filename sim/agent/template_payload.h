// Fills in the pieces of a persona file's payloads.
//
// Rules:  what is drawn comes from `random`, in the order of the pieces; a walk is a function of
//         device, name and instant, so that all who name it at one instant see one value.
// Owner:  the stack of one message. Allocates nothing once `text` is warm.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "twinstorm/agent/desired_state.h"
#include "twinstorm/agent/persona_template.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

// Of what a message speaks.
struct Moment {
    const PersonaTemplate& source;
    const DesiredState& state;
    std::string_view device_id;
    std::uint64_t device_seed = 0;
    std::uint64_t sequence = 0;
    WallTime at;
};

void append_payload(std::string& text, const Payload& payload, const Moment& moment,
                    Random& random);

// The most bytes that it can append.
[[nodiscard]] std::size_t payload_bytes_max(const PersonaTemplate& source, const Payload& payload);

// Where a walk of this seed stands within its range: [0, 1).
[[nodiscard]] double walk(std::uint64_t seed, Duration pace, WallTime at);

}  // namespace twinstorm::agent
