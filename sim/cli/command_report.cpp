// `report`: makes a run's page and files again from its result.

#include <filesystem>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/scenario_options.h"
#include "cli/text_file.h"
#include "twinstorm/report/report.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::cli {
namespace {

ExitCode render(const std::string& path) {
    const std::string file = std::filesystem::is_directory(path) ? path + "/result.json" : path;
    const auto text = read_file(file);
    if (!text) {
        say_error(text.error().message());
        return ExitCode::kMistake;
    }
    const auto result = stats::read_json(*text);
    if (!result) {
        say_error(fmt::format("{}: {}", file, result.error().message()));
        return ExitCode::kMistake;
    }
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    const auto written = report::write_renderings(*result, folder.empty() ? "." : folder.string());
    if (!written) {
        say_error(written.error().message());
        return ExitCode::kCannotServe;
    }
    fmt::print("{}\n", (folder / "report.html").string());
    return ExitCode::kPassed;
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
    CLI::App* const command =
        app.add_subcommand("report", "Makes the page, JUnit and Markdown again from results");
    const auto paths = std::make_shared<std::vector<std::string>>();  // As long as the callback.
    command->add_option("result", *paths, "result.json, or the folder of a run")->required();
    command->callback([paths, &action] {
        action = [paths] {
            for (const std::string& path : *paths) {
                if (const ExitCode code = render(path); code != ExitCode::kPassed) {
                    return code;
                }
            }
            return ExitCode::kPassed;
        };
    });
}

}  // namespace twinstorm::cli
