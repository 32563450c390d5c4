// `run`: carries out a scenario and writes the run's folder.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/chosen_target.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/scenario_options.h"
#include "twinstorm/plan/estimate.h"
#include "twinstorm/report/report.h"
#include "twinstorm/run/live_world.h"
#include "twinstorm/run/machine.h"
#include "twinstorm/run/run.h"
#include "twinstorm/run/virtual_world.h"

namespace twinstorm::cli {
namespace {

enum class WorldKind : std::uint8_t { kLive, kVirtual };

struct RunOptions {
    ScenarioOptions scenario;
    std::string out;
    WorldKind world = WorldKind::kLive;
    std::size_t workers = 0;  // 0: as many as suit this machine.
    bool no_progress = false;
    bool quiet = false;
};

Progress::Style progress_style(const RunOptions& options) {
    if (options.quiet) {
        return Progress::Style::kNone;
    }
    return options.no_progress ? Progress::Style::kNotes : Progress::Style::kSeconds;
}

std::string default_folder(const plan::Plan& plan, WallTime now) {
    const char* const root = std::getenv("TWINSTORM_ROOT");  // Set by the launcher.
    return fmt::format("{}/reports/out/{}-{:%Y%m%d-%H%M%S}", root != nullptr ? root : ".",
                       plan.name, std::chrono::floor<std::chrono::seconds>(now));
}

std::size_t default_workers(const plan::Plan& plan) {
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    const bool shares_machine = std::holds_alternative<plan::MockHub>(plan.hub);
    return std::max<std::size_t>(1, shares_machine ? cores / 2 : cores - 1);
}

bool is_loopback(const std::string& host) {
    return host.starts_with("127.") || host == "localhost";
}

std::vector<std::string> source_addresses(const run::Target& target, std::uint32_t count) {
    std::vector<std::string> addresses;
    if (is_loopback(target.mqtt.host) && count > 1) {
        for (std::uint32_t number = 1; number <= count; ++number) {
            addresses.push_back(fmt::format("127.0.0.{}", number));
        }
    }
    return addresses;
}

// The folder is made before the first packet, so that a full disk is found out in time.
Result<void> make_folder(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::ofstream probe(folder + "/.probe");
    probe << "probe" << std::flush;
    const bool writable = !error && probe.good();
    probe.close();
    std::filesystem::remove(folder + "/.probe", error);
    if (!writable) {
        return fail(
            ErrorCode::kExhausted,
            fmt::format("cannot write to {}: is the disk full, or the folder not yours?", folder));
    }
    return {};
}

void append_step_summary(const stats::RunResult& result) {
    if (const char* const path = std::getenv("GITHUB_STEP_SUMMARY")) {
        std::ofstream(path, std::ios::app) << report::markdown(result) << "\n";
    }
}

// Writes everything down and says how it went, whatever happened before.
ExitCode conclude(run::Outcome outcome, const std::string& folder, const RunOptions& options) {
    const auto written = report::write_folder(outcome.result, folder);
    append_step_summary(outcome.result);
    if (!options.quiet) {
        print_summary(outcome.result);
        if (written) {
            fmt::print("\n{}/report.html\n", folder);
        }
    }
    if (!written) {
        say_error(written.error().message());
        return ExitCode::kCannotServe;
    }
    if (outcome.failure) {
        say_error(outcome.failure->message());
        return ExitCode::kCannotServe;
    }
    return exit_code(outcome.result.verdict);
}

run::Hooks hooks_of(Progress& progress) {
    return {[&progress](const stats::TimelineRow& row) { progress.second(row); },
            [&progress](std::string_view note) { progress.note(note); }};
}

ExitCode run_virtual(const plan::Plan& plan, const std::string& folder, const RunOptions& options) {
    const auto* const mock = std::get_if<plan::MockHub>(&plan.hub);
    if (mock == nullptr) {
        say_error("the virtual world has no real hub; expected `hub: {mock: …}` in the scenario");
        return ExitCode::kMistake;
    }
    Progress progress(progress_style(options));
    run::VirtualWorld world(plan.seed, *mock, plan.clock.value_or(kVirtualEpoch));
    const run::Target target = world.target();
    return conclude(run::Run(plan, target, world, hooks_of(progress)).execute(), folder, options);
}

ExitCode run_live(const plan::Plan& plan, const std::string& folder, const RunOptions& options) {
    const plan::Estimate estimate = plan::estimate(plan);
    const plan::MachineLimits machine = run::machine_limits();
    const auto shortages = plan::shortages(estimate, machine);
    for (const std::string& shortage : shortages) {
        say_error(shortage);
    }
    if (!shortages.empty()) {
        return ExitCode::kCannotServe;
    }
    Progress progress(progress_style(options));
    for (const std::string& doubt : plan::doubts(estimate, machine)) {
        progress.note(doubt);
    }
    const auto chosen = choose_target(plan.hub, folder + "/hub.log");
    if (!chosen) {
        say_error(chosen.error().message());
        return ExitCode::kCannotServe;
    }
    const RealClock clock;
    run::LiveOptions live;
    live.workers = options.workers > 0 ? options.workers : default_workers(plan);
    live.tick = plan.tick.value_or(Duration::zero());
    live.ca_file = chosen->ca_file;
    live.source_addresses = source_addresses(chosen->target, estimate.source_addresses);
    auto world = run::LiveWorld::make(clock, std::move(live));
    if (!world) {
        say_error(world.error().message());
        return ExitCode::kCannotServe;
    }
    run::Run run(plan, chosen->target, **world, hooks_of(progress));
    (*world)->on_signal([&run, &progress](int) {
        progress.note("interrupted: writing down what was measured");
        run.interrupt();
    });
    return conclude(run.execute(), folder, options);
}

ExitCode run_scenario(const RunOptions& options) {
    const auto plan = read_plan(options.scenario);
    if (!plan) {
        return ExitCode::kMistake;
    }
    const std::string folder =
        options.out.empty() ? default_folder(*plan, RealClock().anchor().at_start) : options.out;
    if (const auto made = make_folder(folder); !made) {
        say_error(made.error().message());
        return ExitCode::kCannotServe;
    }
    if (!options.quiet) {
        fmt::print(stderr, "{}: {} (seed {})\n", plan->name, plan->question, plan->seed);
    }
    return options.world == WorldKind::kVirtual ? run_virtual(*plan, folder, options)
                                                : run_live(*plan, folder, options);
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
    CLI::App* const command = app.add_subcommand("run", "Runs a scenario");
    const auto options = std::make_shared<RunOptions>();  // Lives as long as the callback.
    add_scenario_options(*command, options->scenario);
    command->add_option("--out", options->out, "The run's folder");
    command->add_option("--world", options->world, "live (sockets) or virtual (virtual time)")
        ->transform(CLI::CheckedTransformer(std::map<std::string, WorldKind>{
            {"live", WorldKind::kLive}, {"virtual", WorldKind::kVirtual}}));
    command->add_option("--workers", options->workers, "Threads of the fleet")
        ->check(CLI::Range(1, 256));
    command->add_flag("--no-progress", options->no_progress, "No line a second");
    command->add_flag("--quiet", options->quiet, "Only errors");
    command->callback(
        [options, &action] { action = [options] { return run_scenario(*options); }; });
}

}  // namespace twinstorm::cli
