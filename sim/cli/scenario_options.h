// What `run`, `check` and `provision` share: the scenario, its overrides, and reading it.
#pragma once

#include <optional>
#include <string>

#include "twinstorm/plan/plan.h"
#include "twinstorm/scenario/scenario.h"

namespace CLI {
class App;
}

namespace twinstorm::cli {

struct ScenarioOptions {
    std::string path;
    scenario::Overrides overrides;
};

void add_scenario_options(CLI::App& command, ScenarioOptions& options);

// Mistakes go to standard error, one per line; then there is no plan.
[[nodiscard]] std::optional<plan::Plan> read_plan(const ScenarioOptions& options);

// `twinstorm: text` on standard error.
void say_error(std::string_view text);

}  // namespace twinstorm::cli
