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
    TimelineBuilder(std::size_t workers, std::size_t groups)
        : workers_(workers), groups_(groups + 1) {}

    void add(SecondReport report);
    void set_hub_cpu_share(std::uint32_t second, double share);

    [[nodiscard]] std::vector<stats::TimelineRow> take_rows();
    // What is left at the end: seconds that not every worker has reported.
    [[nodiscard]] std::vector<stats::TimelineRow> take_rest();

    // By group, then one of the workers' own. Complete once all workers have ended.
    [[nodiscard]] const std::vector<stats::Recording>& groups() const { return groups_; }

private:
    struct Second {
        std::size_t reports = 0;
        stats::Recording recording;
        stats::TimelineRow row;
    };

    [[nodiscard]] static stats::TimelineRow finish(Second second);

    std::size_t workers_;
    std::vector<stats::Recording> groups_;
    std::map<std::uint32_t, Second> seconds_;
    std::map<std::uint32_t, double> hub_cpu_;
};

}  // namespace twinstorm::run
