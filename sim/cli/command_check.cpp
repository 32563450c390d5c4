// `check`: reads a scenario and prints what it would take, without a packet.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/scenario_options.h"
#include "twinstorm/plan/estimate.h"
#include "twinstorm/run/machine.h"

namespace twinstorm::cli {
namespace {

ExitCode check(const ScenarioOptions& options) {
    const auto plan = read_plan(options);
    if (!plan) {
        return ExitCode::kMistake;
    }
    const plan::Estimate estimate = plan::estimate(*plan);
    fmt::print("{}", plan::format(*plan, estimate));
    const plan::MachineLimits machine = run::machine_limits();
    for (const std::string& doubt : plan::doubts(estimate, machine)) {
        fmt::print("\nnote: {}\n", doubt);
    }
    const auto shortages = plan::shortages(estimate, machine);
    for (const std::string& shortage : shortages) {
        say_error(shortage);
    }
    return shortages.empty() ? ExitCode::kPassed : ExitCode::kCannotServe;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
    CLI::App* const command =
        app.add_subcommand("check", "Reads a scenario, reports all mistakes, prints the plan");
    const auto options = std::make_shared<ScenarioOptions>();  // Lives as long as the callback.
    add_scenario_options(*command, *options);
    command->callback([options, &action] { action = [options] { return check(*options); }; });
}

}  // namespace twinstorm::cli
