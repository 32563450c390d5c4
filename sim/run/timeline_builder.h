// Puts the seconds of all workers together: rows of the timeline, and the totals of the run.
//
// Use:    add() what workers send; take_rows() gives the rows that are complete, in order.
// Owner:  the coordinator.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "run/messages.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::run {

class TimelineBuilder {
public:
    TimelineBuilder(std::size_t workers, std::size_t roles)
        : workers_(workers), roles_(roles + 1), spent_(workers) {}

    void add(SecondReport report);
    void set_hub_cpu_share(std::uint32_t second, double share);

    [[nodiscard]] std::vector<stats::TimelineRow> take_rows();
    // What is left at the end: seconds that not every worker has reported.
    [[nodiscard]] std::vector<stats::TimelineRow> take_rest();

    // What each worker took so far.
    [[nodiscard]] std::vector<stats::HarnessCost::Worker> costs() const;

    // By role, then one of the workers' own. Complete once all workers have ended.
    [[nodiscard]] const std::vector<stats::Recording>& roles() const { return roles_; }

private:
    struct Second {
        std::size_t reports = 0;
        stats::Recording recording;
        stats::TimelineRow row;
    };

    struct Spent {
        Duration cpu{};
        Duration waited{};
        Duration length{};
        double cpu_share_max = 0;
        double wait_share_max = 0;
    };

    [[nodiscard]] static stats::TimelineRow finish(Second second);

    std::size_t workers_;
    std::vector<stats::Recording> roles_;
    std::vector<Spent> spent_;  // By worker.
    std::map<std::uint32_t, Second> seconds_;
    std::map<std::uint32_t, double> hub_cpu_;
};

}  // namespace twinstorm::run
