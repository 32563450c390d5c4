#include "cli/scenario_options.h"

#include <cstdio>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace twinstorm::cli {

void add_scenario_options(CLI::App& command, ScenarioOptions& options) {
    command.add_option("scenario", options.path, "The scenario, a YAML file")->required();
    command
        .add_option("--set", options.overrides.set,
                    "Overrides one key, as in --set fleet.0.devices=10; repeatable")
        ->allow_extra_args(false);
    command.add_option("--seed", options.overrides.seed, "Overrides the scenario's seed");
}

std::optional<plan::Plan> read_plan(const ScenarioOptions& options) {
    auto plan = scenario::read_scenario(options.path, options.overrides);
    if (plan) {
        return std::move(*plan);
    }
    for (const scenario::Mistake& mistake : plan.error()) {
        fmt::print(stderr, "{}\n", mistake.format());
    }
    return std::nullopt;
}

void say_error(std::string_view text) {
    fmt::print(stderr, "twinstorm: {}\n", text);
}

}  // namespace twinstorm::cli
