// What an agent can tell of a playbook: whether its collectors see any of the events, whether its
// encoding has a form for them, and how long they wait until they are sent.
//
// Source: collectors and default intervals of each agent as its documents list them; events that
//         schema 1.0 of the JSON messages, or FlatBuffers 2.3, have a place for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "twinstorm/agent/persona.h"
#include "twinstorm/base/time.h"
#include "twinstorm/host/playbook.h"
#include "twinstorm/plan/plan.h"

namespace twinstorm::plan {

// Some of its events, or its trace in a snapshot.
[[nodiscard]] bool sees(const agent::Persona& persona, const host::PlaybookFacts& playbook);

// How long the first of what it sees waits at most, with nothing configured in its twin.
[[nodiscard]] Duration send_interval(const agent::Persona& persona,
                                     const host::PlaybookFacts& playbook);

// Sentences for `check`: plays that will not be confirmed as the scenario stands, and why.
[[nodiscard]] std::vector<std::string> play_notes(const Plan& plan);

}  // namespace twinstorm::plan
