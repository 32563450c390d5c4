// The program: reads the command line and runs the command that it names.

#include <CLI/CLI.hpp>

#include "cli/commands.h"

int main(int argc, char** argv) {
    using twinstorm::cli::Action;
    using twinstorm::cli::ExitCode;

    CLI::App app("Twinstorm: measures twin updates and security messages of an IoT Hub.",
                 "twinstorm");
    app.require_subcommand(1);
    app.set_version_flag("--version", TWINSTORM_VERSION);
    Action action;
    twinstorm::cli::add_run(app, action);
    twinstorm::cli::add_check(app, action);
    twinstorm::cli::add_hub(app, action);
    twinstorm::cli::add_provision(app, action);
    twinstorm::cli::add_report(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kMistake);
    }
    return static_cast<int>(action());
}
