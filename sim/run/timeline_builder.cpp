#include "run/timeline_builder.h"

#include <algorithm>
#include <utility>

namespace twinstorm::run {
namespace {

// A fragment of a second, as at the end of a run, is no base for a share.
constexpr Duration kShareBaseMin = std::chrono::milliseconds(500);

double share(Duration part, Duration whole) {
    return to_seconds(part) / std::max(to_seconds(whole), 1e-9);
}

}  // namespace

void TimelineBuilder::add(SecondReport report) {
    Second& second = seconds_[report.second];
    ++second.reports;
    second.row.second = report.second;
    second.row.connected += report.connected;
    second.row.in_flight += report.in_flight;
    const double cpu_share = share(report.cpu_time, report.length);
    const double wait_share = share(report.wait_time, report.length);
    second.row.fleet_cpu_share = std::max(second.row.fleet_cpu_share, cpu_share);
    second.row.fleet_wait_share = std::max(second.row.fleet_wait_share, wait_share);
    Spent& spent = spent_[report.worker];
    spent.cpu += report.cpu_time;
    spent.waited += report.wait_time;
    spent.length += report.length;
    if (report.length >= kShareBaseMin) {
        spent.cpu_share_max = std::max(spent.cpu_share_max, cpu_share);
        spent.wait_share_max = std::max(spent.wait_share_max, wait_share);
    }
    for (std::size_t role = 0; role < report.roles.size(); ++role) {
        second.recording.merge(report.roles[role]);
        roles_[role].merge(report.roles[role]);
    }
}

std::vector<stats::HarnessCost::Worker> TimelineBuilder::costs() const {
    std::vector<stats::HarnessCost::Worker> workers;
    for (const Spent& spent : spent_) {
        workers.push_back({to_seconds(spent.cpu), share(spent.cpu, spent.length),
                           spent.cpu_share_max, share(spent.waited, spent.length),
                           spent.wait_share_max});
    }
    return workers;
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
