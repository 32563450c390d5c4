// Which limits of the mock hub a run hit: its throttles and its quota, fetched over its admin API.
//
// Rule:   a hub that has no such page (404) has no such data: that is an answer, not a failure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"
#include "twinstorm/net/http.h"
#include "twinstorm/run/target.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::run {

// One class of operations, or the daily quota, that was at its limit.
struct LimitHit {
    std::string name;                  // `twin_reads`; `quota` for the daily messages.
    std::optional<WallTime> first_at;  // By the hub's clock.
    std::optional<WallTime> last_at;
    Duration limited{};  // All times together; of the quota unknown, so 0.
    std::uint64_t delayed = 0;
    std::uint64_t refused = 0;
    Duration delay_mean{};
    Duration delay_max{};
};

struct HubLimits {
    bool known = false;          // The hub has such a page.
    std::vector<LimitHit> hits;  // Only what was hit, in the order of their first time.
};

[[nodiscard]] Result<HubLimits> parse_limits(std::string_view body);
// As a result has them: in seconds since the run's start.
[[nodiscard]] std::vector<stats::LimitHit> to_result(const std::vector<LimitHit>& hits,
                                                     WallTime run_start);

// Forgets what earlier runs hit.
void reset_hub_limits(net::HttpClient& http, const Target& target,
                      std::function<void(Result<void>, TimePoint)> done, TimePoint now);
void fetch_hub_limits(net::HttpClient& http, const Target& target,
                      std::function<void(Result<HubLimits>, TimePoint)> done, TimePoint now);

}  // namespace twinstorm::run
