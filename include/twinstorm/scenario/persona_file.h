// Reads a persona file: YAML in, a checked persona or all of its mistakes out.
//
// Errors: as of a scenario: every mistake in one pass, each with file, line and column.
// Limits: kPersonaBytesMax a file; the others are named in agent/persona_template.h.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "twinstorm/agent/persona.h"
#include "twinstorm/scenario/scenario.h"

namespace twinstorm::scenario {

inline constexpr std::size_t kPersonaBytesMax = std::size_t{256} * 1024;

using PersonaOutcome = tl::expected<agent::Persona, std::vector<Mistake>>;

[[nodiscard]] PersonaOutcome read_persona(const std::string& path);
[[nodiscard]] PersonaOutcome parse_persona(std::string_view yaml, std::string_view file);

// Personas that are written in YAML and come with the program: `none`, the plain device.
[[nodiscard]] std::optional<agent::Persona> find_bundled_persona(std::string_view name);
[[nodiscard]] std::span<const std::string_view> bundled_persona_names();
[[nodiscard]] std::string_view bundled_persona_text(std::string_view name);  // Empty: no such.

}  // namespace twinstorm::scenario
