// Keeps secrets out of scenarios: they come from the environment or a file, and only where one
// belongs.
//
// Use:    hide_secrets() before anything else looks at the tree, so that no message can show one.
#pragma once

#include <optional>
#include <string_view>

#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"
#include "twinstorm/base/secret.h"

namespace twinstorm::scenario {

inline constexpr std::size_t kSecretBytesMax = 16 * 1024;
inline constexpr std::string_view kSecretPath = "hub.real.connection_string";

// Reports every key written in the open and blanks it in the tree; reports `${env:..}` and
// `${file:..}` anywhere but at kSecretPath. `yaml` is searched too: its comments end up in results.
void hide_secrets(std::string_view yaml, Value& root, Mistakes& mistakes);

// What `${env:NAME}` or `${file:PATH}` holds, without blanks at its end.
[[nodiscard]] std::optional<Secret> read_secret(const Value& value, Mistakes& mistakes);

}  // namespace twinstorm::scenario
