// Holds a metric of a result.json against the distribution that the hub was told to inject.
//
// Use:    accuracy_check RESULT METRIC 'lognormal 5ms 80ms'    exit 1: it disagrees; 4: void.
// Rule:   2 % and 1 ms, for the way there and back, beside the sampling error. A message passes
//         four turns of loops, so a quantile is void where a worker's lag at that quantile is
//         beyond a quarter of that millisecond. The hub's lag is not known; where a worker waits
//         for a core, the hub may, too, and nothing above p90 is judged. Limits do not give way.

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "support/latency_truth.h"
#include "twinstorm/base/units.h"
#include "twinstorm/stats/run_result.h"

namespace {

using namespace std::chrono_literals;
using twinstorm::Duration;
using twinstorm::stats::Metric;
using twinstorm::test::Shares;

constexpr std::array kQuantiles{0.5, 0.9, 0.99, 0.999, 1.0};
constexpr int kTurns = 4;
constexpr double kWaitShareMax = 0.02;  // Of the run: a worker, ready, without a core.
constexpr double kCalmQuantile = 0.9;
constexpr double kJudgedMin = 0.99;  // A run is void when not even p99 can be judged.
constexpr twinstorm::test::Tolerance kTolerance{0.02, 1ms};
constexpr int kDisagrees = 1;
constexpr int kVoid = 4;

std::optional<Shares> shares(const std::string& form) {
    std::istringstream words(form);
    std::string name;
    words >> name;
    std::vector<Duration> times;
    double share = 0;
    for (std::string word; words >> word;) {
        if (const auto time = twinstorm::parse_duration(word)) {
            times.push_back(*time);
        } else {
            std::istringstream(word) >> share;
        }
    }
    if (name == "constant" && times.size() == 1) {
        return twinstorm::test::constant(times[0]);
    }
    if (times.size() != 2) {
        return std::nullopt;
    }
    return name == "lognormal" ? std::optional(twinstorm::test::lognormal(times[0], times[1]))
           : name == "bimodal" ? std::optional(twinstorm::test::bimodal(times[0], times[1], share))
           : name == "stall"   ? std::optional(twinstorm::test::stall(times[0], times[1]))
                               : std::nullopt;
}

Duration at(const twinstorm::stats::Histogram& histogram, double quantile) {
    return std::chrono::microseconds(histogram.value_at(quantile));
}

double wait_share(const twinstorm::stats::RunResult& result) {
    double waited = 0;
    if (result.harness) {
        for (const auto& worker : result.harness->workers) {
            waited = std::max(waited, worker.wait_share);
        }
    }
    return waited;
}

int judge(const twinstorm::stats::RunResult& result, Metric metric,
          const twinstorm::test::LatencyTruth& truth) {
    const auto& reported = result.totals[metric];
    const auto& lag = result.totals[Metric::kLoopLag];
    if (reported.empty()) {
        fmt::print("{} has no samples\n", twinstorm::stats::name(metric));
        return kDisagrees;
    }
    const double waited = wait_share(result);
    fmt::print("a worker waited for a core for {:.1f} % of the run\n", waited * 100);
    int code = 0;
    for (const double quantile : kQuantiles) {
        const Duration value = at(reported, quantile);
        const bool is_void = kTurns * at(lag, quantile) > kTolerance.absolute ||
                             (quantile > kCalmQuantile && waited > kWaitShareMax);
        const std::string why =
            twinstorm::test::disagreement(truth, quantile, value, reported.count(), kTolerance);
        fmt::print("{:<26} {:>6} of {:>6}: {:>10}  loop lag {:>9}  {}\n",
                   twinstorm::stats::name(metric), quantile, reported.count(),
                   twinstorm::format_duration(value), twinstorm::format_duration(at(lag, quantile)),
                   is_void       ? "void"
                   : why.empty() ? "agrees"
                                 : why);
        if (is_void && quantile <= kJudgedMin) {
            return kVoid;
        }
        code = !is_void && !why.empty() ? kDisagrees : code;
    }
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        fmt::print(stderr, "accuracy_check RESULT METRIC FORM\n");
        return 2;
    }
    std::ifstream file(argv[1]);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto result = twinstorm::stats::read_json(text);
    const auto metric = twinstorm::stats::find_metric(argv[2]);
    const auto injected = shares(argv[3]);
    if (!result || !metric || !injected) {
        fmt::print(stderr, "accuracy_check: no such result, metric or form\n");
        return 2;
    }
    return judge(*result, *metric, {*injected, {}});
}
