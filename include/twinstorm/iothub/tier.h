// Tiers, their throttles and daily quotas (documentation of February 2023), and message metering.
//
// Units: operations per second for the whole hub of `units` units; bytes; messages a day.
#pragma once

#include <cstdint>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm::iothub {

enum class Tier : std::uint8_t { kF1, kS1, kS2, kS3 };

[[nodiscard]] Result<Tier> parse_tier(std::string_view text);
[[nodiscard]] std::string_view name(Tier tier);

struct TierLimits {
    double registry_operations = 0;
    double connections = 0;
    double device_messages = 0;
    double twin_reads = 0;
    double twin_updates = 0;
    std::uint64_t messages_per_day = 0;
    std::uint64_t metering_block_bytes = 4096;
    int units_max = 1;
};

[[nodiscard]] TierLimits limits(Tier tier, int units);

// Started blocks count whole; an empty message counts one.
[[nodiscard]] std::uint64_t metered_messages(std::uint64_t bytes, std::uint64_t block_bytes);

}  // namespace twinstorm::iothub
