// `provision` and `deprovision`: the scenario's identities on the hub that it names.

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/chosen_target.h"
#include "cli/commands.h"
#include "cli/scenario_options.h"
#include "twinstorm/base/units.h"
#include "twinstorm/run/live_world.h"
#include "twinstorm/run/provision.h"

namespace twinstorm::cli {
namespace {

using Kind = backend::RegistryJob::Kind;

ExitCode provision(const ScenarioOptions& options, Kind kind) {
    const auto plan = read_plan(options);
    if (!plan) {
        return ExitCode::kMistake;
    }
    if (std::holds_alternative<plan::MockHub>(plan->hub)) {
        say_error("an embedded hub forgets its identities; expected `hub: {real: …}`");
        return ExitCode::kMistake;
    }
    const auto chosen = choose_target(plan->hub, {});
    if (!chosen) {
        say_error(chosen.error().message());
        return ExitCode::kCannotServe;
    }
    const RealClock clock;
    auto world = run::LiveWorld::make(clock, {1, chosen->ca_file, {}});
    const auto summary = world ? run::provision(kind, *plan, chosen->target, **world)
                               : Result<backend::RegistrySummary>(fail(world.error()));
    if (!summary) {
        say_error(summary.error().message());
        return ExitCode::kCannotServe;
    }
    fmt::print("{} identities {}, {} {} already\n",
               format_count(static_cast<double>(summary->changed)),
               kind == Kind::kCreate ? "created" : "removed",
               format_count(static_cast<double>(summary->unchanged)),
               kind == Kind::kCreate ? "existed" : "were gone");
    return ExitCode::kPassed;
}

void add(CLI::App& app, Action& action, const char* name, const char* what, Kind kind) {
    CLI::App* const command = app.add_subcommand(name, what);
    const auto options = std::make_shared<ScenarioOptions>();  // Lives as long as the callback.
    add_scenario_options(*command, *options);
    command->callback([options, &action, kind] {
        action = [options, kind] { return provision(*options, kind); };
    });
}

}  // namespace

void add_provision(CLI::App& app, Action& action) {
    add(app, action, "provision", "Makes the scenario's identities on its hub", Kind::kCreate);
    add(app, action, "deprovision", "Removes the scenario's identities from its hub",
        Kind::kRemove);
}

}  // namespace twinstorm::cli
