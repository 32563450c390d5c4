// One function for each command: it adds itself to the command line, and is run when it was named.
#pragma once

#include <functional>

#include "cli/exit_code.h"

namespace CLI {
class App;
}

namespace twinstorm::cli {

// Set by the command that was named; main() runs it once the command line is read.
using Action = std::function<ExitCode()>;

void add_run(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_hub(CLI::App& app, Action& action);
void add_provision(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);

}  // namespace twinstorm::cli
