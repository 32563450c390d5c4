#include "report/harness_text.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "report/numbers.h"

namespace twinstorm::report {
namespace {

using stats::Counter;
using stats::Metric;

constexpr std::size_t kWorkersShown = 16;

std::string cpu_text(const std::optional<double>& share) {
    return share ? fmt::format("{:.0f} % of a core", *share * 100) : std::string(kNone);
}

struct Busiest {
    std::optional<double> fleet_share;
    std::optional<double> hub_share;
};

// Only measured seconds count: nobody minds a busy harness while it connects.
Busiest busiest(const stats::RunResult& result) {
    Busiest found;
    for (const stats::TimelineRow& row : result.timeline) {
        if (!row.measured) {
            continue;
        }
        found.fleet_share = std::max(found.fleet_share.value_or(0), row.fleet_cpu_share);
        if (row.hub_cpu_share) {
            found.hub_share = std::max(found.hub_share.value_or(0), *row.hub_cpu_share);
        }
    }
    return found;
}

HarnessFact delay(const stats::RunResult& result, Metric metric, std::string name,
                  std::string question) {
    const stats::Histogram& samples = result.totals[metric];
    return {std::move(name), std::move(question), quantile_text(samples, 0.99),
            samples.empty() ? "nothing measured"
                            : fmt::format("p50 {}, max {}", quantile_text(samples, 0.5),
                                          quantile_text(samples, 1.0))};
}

HarnessFact sent(const stats::RunResult& result) {
    const stats::Counts& measured = result.totals.measured;
    const std::uint64_t offered = measured[Counter::kSecurityMessageOffered];
    const std::uint64_t left = measured[Counter::kSecurityMessageSent];
    return {"sent_share", "Did it send what was due?",
            offered == 0 ? std::string(kNone)
                         : share_text(static_cast<double>(left) / static_cast<double>(offered)),
            fmt::format("{} sent of {} offered", count_text(left), count_text(offered))};
}

HarnessFact worker_cpu(const stats::HarnessCost& cost) {
    std::string each;
    for (std::size_t i = 0; i < std::min(cost.workers.size(), kWorkersShown); ++i) {
        each += fmt::format("{}{:.0f} %", i == 0 ? "" : ", ", cost.workers[i].cpu_share * 100);
    }
    each += cost.workers.size() > kWorkersShown ? ", …" : "";
    double seconds = 0;
    for (const stats::HarnessCost::Worker& worker : cost.workers) {
        seconds += worker.cpu_s;
    }
    return {"worker_cpu", "What did its workers cost?", seconds_text(seconds),
            fmt::format("of a core, over the run, each: {}", each)};
}

HarnessFact worker_wait(const stats::HarnessCost& cost) {
    double share = 0;
    double second = 0;
    for (const stats::HarnessCost::Worker& worker : cost.workers) {
        share = std::max(share, worker.wait_share);
        second = std::max(second, worker.wait_share_max);
    }
    return {"worker_wait", "How long did a worker wait for a core?",
            fmt::format("{:.1f} %", share * 100),
            fmt::format("of the run; {:.0f} % of the worst second", second * 100)};
}

}  // namespace

std::vector<HarnessFact> harness_facts(const stats::RunResult& result) {
    const Busiest cpu = busiest(result);
    std::vector<HarnessFact> facts{
        delay(result, Metric::kSecurityMessageLateness, "lateness", "How late did it send? (p99)"),
        delay(result, Metric::kLoopLag, "loop_lag", "How late did its loops wake? (p99)"),
        delay(result, Metric::kReceiveLag, "receive_lag",
              "How long did answers wait to be read? (p99)"),
        sent(result),
        {"worker_cpu_max", "How busy was its busiest worker?", cpu_text(cpu.fleet_share),
         "highest measured second"},
        {"hub_cpu_max", "How busy was the mock hub?", cpu_text(cpu.hub_share),
         cpu.hub_share ? "highest measured second" : "not ours to see"}};
    if (result.harness) {
        facts.push_back(worker_cpu(*result.harness));
        facts.push_back(worker_wait(*result.harness));
        facts.push_back({"steal", "What did the host take from this machine?",
                         fmt::format("{:.1f} %", result.harness->steal_share * 100),
                         "of its CPU time, for others"});
        facts.push_back(
            {"main_loop_late_max", "How late was its main loop, at most?",
             latency_text(static_cast<double>(result.harness->coordinator_us_max)),
             fmt::format("{} waits for a disk", count_text(result.harness->page_faults))});
    }
    return facts;
}

}  // namespace twinstorm::report
