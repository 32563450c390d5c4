#include "hub/common.h"

#include <utility>

#include "hub/seeded_key.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/iothub/tier.h"

namespace twinstorm::hub {
namespace {

Secret admin_token_of(const Options& options) {
    if (!options.admin_token.empty()) {
        return options.admin_token;
    }
    Random random(derive(options.seed, "hub/admin-token"));
    return Secret(seeded_hex(random));
}

}  // namespace

std::string_view name(JournalState state) {
    switch (state) {
        case JournalState::kOff:
            return "off";
        case JournalState::kOn:
            return "on";
        case JournalState::kFailed:
            return "failed";
    }
    return "";
}

Common::Common(Options hub_options, WallAnchor wall_anchor, TimePoint now, std::size_t shard_count)
    : options(std::move(hub_options)),
      anchor(wall_anchor),
      started(now),
      shards(shard_count),
      tier_limits(iothub::limits(options.tier, options.units)),
      metering_block_bytes(tier_limits.metering_block_bytes),
      policies(options.seed, options.owner_key),
      admin_token(admin_token_of(options)),
      blob_key(seeded_key(derive(options.seed, "hub/blob-key"))),
      storage_address(options.host_name),
      throttles(tier_limits, {.enabled = options.throttle}),
      quota(tier_limits, options.throttle) {}

std::size_t Common::partition_of(std::string_view device_id) const {
    // The same for every hub and every seed: a device's partition does not depend on the run.
    constexpr std::uint64_t kPartitionSeed = 0;
    return static_cast<std::size_t>(derive(kPartitionSeed, device_id) % options.partitions);
}

}  // namespace twinstorm::hub
