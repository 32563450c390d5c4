#include "twinstorm/iothub/tier.h"

#include <algorithm>

#include <fmt/format.h>

#include "twinstorm/base/check.h"

namespace twinstorm::iothub {
namespace {

constexpr double kPerMinute = 1.0 / 60;
constexpr std::uint64_t kFreeBlockBytes = 512;

// F1 and S1 share their throttles; twin operations do not grow with the units there.
TierLimits small_limits(double units) {
    TierLimits limits;
    limits.registry_operations = 100 * kPerMinute * units;
    limits.connections = std::max(100.0, 12 * units);
    limits.device_messages = std::max(100.0, 12 * units);
    limits.twin_reads = 100;
    limits.twin_updates = 50;
    return limits;
}

TierLimits medium_limits(double units) {
    TierLimits limits;
    limits.registry_operations = 100 * kPerMinute * units;
    limits.connections = 120 * units;
    limits.device_messages = 120 * units;
    limits.twin_reads = std::max(100.0, 10 * units);
    limits.twin_updates = std::max(50.0, 5 * units);
    return limits;
}

TierLimits large_limits(double units) {
    TierLimits limits;
    limits.registry_operations = 5'000 * kPerMinute * units;
    limits.connections = 6'000 * units;
    limits.device_messages = 6'000 * units;
    limits.twin_reads = 500 * units;
    limits.twin_updates = 250 * units;
    return limits;
}

}  // namespace

Result<Tier> parse_tier(std::string_view text) {
    for (const Tier tier : {Tier::kF1, Tier::kS1, Tier::kS2, Tier::kS3}) {
        if (text == name(tier)) {
            return tier;
        }
    }
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("`{}` is not a tier; expected F1, S1, S2 or S3", text));
}

std::string_view name(Tier tier) {
    switch (tier) {
        case Tier::kF1:
            return "F1";
        case Tier::kS1:
            return "S1";
        case Tier::kS2:
            return "S2";
        case Tier::kS3:
            return "S3";
    }
    return "";
}

TierLimits limits(Tier tier, int units) {
    TWINSTORM_CHECK(units >= 1);
    const auto count = static_cast<std::uint64_t>(units);
    TierLimits limits;
    switch (tier) {
        case Tier::kF1:
            limits = small_limits(units);
            limits.messages_per_day = 8'000;  // For the whole hub.
            limits.metering_block_bytes = kFreeBlockBytes;
            limits.units_max = 1;
            break;
        case Tier::kS1:
            limits = small_limits(units);
            limits.messages_per_day = 400'000 * count;
            limits.units_max = 200;
            break;
        case Tier::kS2:
            limits = medium_limits(units);
            limits.messages_per_day = 6'000'000 * count;
            limits.units_max = 200;
            break;
        case Tier::kS3:
            limits = large_limits(units);
            limits.messages_per_day = 300'000'000 * count;
            limits.units_max = 10;
            break;
    }
    return limits;
}

std::uint64_t metered_messages(std::uint64_t bytes, std::uint64_t block_bytes) {
    TWINSTORM_CHECK(block_bytes > 0);
    return bytes == 0 ? 1 : (bytes - 1) / block_bytes + 1;
}

}  // namespace twinstorm::iothub
