// Carries out a plan: identities, phases, load, updates, and what they measured.
//
// Use:    execute() blocks until the run has ended. interrupt() ends it early and in good order.
// Owner:  the command. Threads: interrupt() on the world's main loop only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/run/target.h"
#include "twinstorm/run/world.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::run {

// The run's answer. A failure means: the target or this machine could not serve; what was measured
// until then stands in the result.
struct Outcome {
    stats::RunResult result;
    std::optional<Error> failure;
};

struct Hooks {
    std::function<void(const stats::TimelineRow& row)> on_second;  // Complete rows, in order.
    std::function<void(std::string_view note)> on_note;            // What happens now, for people.
};

class Run {
public:
    Run(const plan::Plan& plan, const Target& target, World& world, Hooks hooks);
    ~Run();

    [[nodiscard]] Outcome execute();
    void interrupt();

private:
    class Coordinator;
    std::unique_ptr<Coordinator> coordinator_;
    World& world_;
};

}  // namespace twinstorm::run
