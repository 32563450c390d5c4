#include "run/timeline_builder.h"

#include <algorithm>
#include <utility>

namespace twinstorm::run {

void TimelineBuilder::add(SecondReport report) {
    Second& second = seconds_[report.second];
    ++second.reports;
    second.row.second = report.second;
    second.row.connected += report.connected;
    second.row.in_flight += report.in_flight;
    const double share = to_seconds(report.cpu_time) / std::max(to_seconds(report.length), 1e-9);
    second.row.fleet_cpu_share = std::max(second.row.fleet_cpu_share, share);
    for (std::size_t group = 0; group < report.groups.size(); ++group) {
        second.recording.merge(report.groups[group]);
        groups_[group].merge(report.groups[group]);
    }
}

void TimelineBuilder::set_hub_cpu_share(std::uint32_t second, double share) {
    hub_cpu_[second] = share;
}

std::vector<stats::TimelineRow> TimelineBuilder::take_rows() {
    std::vector<stats::TimelineRow> rows;
    while (!seconds_.empty() && seconds_.begin()->second.reports == workers_) {
        auto node = seconds_.extract(seconds_.begin());
        stats::TimelineRow& row = rows.emplace_back(finish(std::move(node.mapped())));
        if (const auto hub = hub_cpu_.find(row.second); hub != hub_cpu_.end()) {
            row.hub_cpu_share = hub->second;
        }
    }
    return rows;
}

std::vector<stats::TimelineRow> TimelineBuilder::take_rest() {
    std::vector<stats::TimelineRow> rows;
    for (auto& [number, second] : std::exchange(seconds_, {})) {
        rows.push_back(finish(std::move(second)));
    }
    return rows;
}

stats::TimelineRow TimelineBuilder::finish(Second second) {
    stats::TimelineRow row = std::move(second.row);
    row.counts = second.recording.counts;
    for (std::size_t metric = 0; metric < stats::kMetricCount; ++metric) {
        const stats::Histogram& histogram = second.recording.histograms[metric];
        if (!histogram.empty()) {
            row.latencies[metric] = {histogram.value_at(0.5), histogram.value_at(0.99),
                                     histogram.max()};
        }
    }
    return row;
}

}  // namespace twinstorm::run
