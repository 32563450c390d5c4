#include "hub/admin_limits.h"

#include <memory>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "hub/faults_json.h"
#include "hub/quota.h"
#include "hub/shards.h"
#include "hub/throttle.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

// The set is shared by all shards, which only read it.
void spread(Shard& here, const ExchangePointer& exchange, std::shared_ptr<const Faults> faults,
            TimePoint now) {
    here.all.gather<bool>(
        here, now,
        // Shared by all shards, which only read it.
        [faults = std::move(faults)](Shard& shard, Instant then) {
            shard.faults.set(faults, then.run);
            return true;
        },
        [&here, exchange](const std::vector<bool>&, TimePoint then) {
            exchange->answer(here, empty_response(204), then);
        });
}

}  // namespace

void show_limits(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const Common& common = here.common;
    exchange->answer(
        here,
        json_response(
            200, json::object{{"throttles",
                               throttles_json(common.throttles, common.tier_limits, common.anchor)},
                              {"quota", quota_json(common.quota, common.instant(now).wall)}}),
        now);
}

void forget_limits(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    here.common.throttles.reset_counts();
    here.common.quota.reset_counts();
    exchange->answer(here, empty_response(204), now);
}

void set_faults(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    auto faults = parse_faults(exchange->request().body, now);
    if (!faults) {
        exchange->answer(here, json_response(400, json::object{{"error", faults.error().detail}}),
                         now);
        return;
    }
    // Shared: see spread().
    spread(here, exchange, std::make_shared<const Faults>(*std::move(faults)), now);
}

void clear_faults(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    spread(here, exchange, nullptr, now);
}

}  // namespace twinstorm::hub
