// What the shards of one hub have in common: the rules made at its start, and the few numbers that
// are the hub's and not a worker's.
//
// Owner:  Hub. Read from every shard's thread; what changes is atomic.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hub/instant.h"
#include "hub/policies.h"
#include "hub/quota.h"
#include "hub/throttle.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/base/time.h"
#include "twinstorm/hub/hub.h"

namespace twinstorm::hub {

enum class JournalState : std::uint8_t { kOff, kOn, kFailed };
[[nodiscard]] std::string_view name(JournalState state);

struct Common {
    Common(Options hub_options, WallAnchor wall_anchor, TimePoint now, std::size_t shard_count);

    [[nodiscard]] Instant instant(TimePoint now) const { return {now, anchor.at(now)}; }
    // Of the built-in endpoint; the messages of one device keep their order in it.
    [[nodiscard]] std::size_t partition_of(std::string_view device_id) const;
    // A partition belongs to one shard, and so does a device.
    [[nodiscard]] std::size_t shard_of(std::string_view device_id) const {
        return partition_of(device_id) % shards;
    }

    const Options options;
    const WallAnchor anchor;
    const TimePoint started;
    const std::size_t shards;
    const iothub::TierLimits tier_limits;
    const std::uint64_t metering_block_bytes;
    const Policies policies;
    const Secret admin_token;
    const Secret blob_key;        // Signs the tokens of uploads.
    std::string storage_address;  // `host:port`; set before any loop runs, then only read.

    // Limits are the hub's, whichever shard takes a place; relaxed counters are all they need.
    std::atomic<std::size_t> identities = 0;
    std::atomic<std::size_t> connections = 0;
    Throttles throttles;
    Quota quota;
    std::atomic<JournalState> journal = JournalState::kOff;
};

}  // namespace twinstorm::hub
