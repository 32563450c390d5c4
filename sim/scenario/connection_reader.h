// How a persona file's SDK keeps a connection, and what becomes of messages without one.
#pragma once

#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/agent/persona.h"
#include "twinstorm/agent/persona_template.h"

namespace twinstorm::scenario {

void read_connection(const Value& value, agent::ConnectionHabits& habits, Mistakes& mistakes);
void read_offline(const Value& value, agent::PersonaTemplate& persona, Mistakes& mistakes);

}  // namespace twinstorm::scenario
