#include "twinstorm/iothub/tier.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "twinstorm/base/check.h"

namespace twinstorm::iothub {
namespace {

constexpr double kPerMinute = 1.0 / 60;
constexpr std::uint64_t kFreeBlockBytes = 512;
constexpr int kFreeConfigurationsMax = 10;  // Older documentation says 20.

// In the order of the enumeration.
constexpr std::array<std::string_view, kOperationClassCount> kOperationNames{
    "registry",       "connections",           "device_messages",          "file_uploads",
    "queries",        "cloud_to_device_sends", "cloud_to_device_receives", "direct_methods",
    "twin_reads",     "twin_updates",          "job_operations",           "job_device_operations",
    "configurations",
};

static_assert(static_cast<std::size_t>(OperationClass::kConfigurations) + 1 ==
              kOperationClassCount);

constexpr double method_blocks(double kilobytes_per_s) {
    return kilobytes_per_s * 1024 / static_cast<double>(kMethodBlockBytes);
}

// The rows in which F1, S1 and S2 do not differ.
TierLimits common_limits(double units) {
    TierLimits limits;
    limits.registry_operations = 100 * kPerMinute * units;
    limits.file_uploads = 100 * kPerMinute * units;
    limits.queries = 20 * kPerMinute * units;
    limits.cloud_to_device_sends = 100 * kPerMinute * units;
    limits.cloud_to_device_receives = 1'000 * kPerMinute * units;
    limits.job_operations = 100 * kPerMinute * units;
    limits.configurations = 20 * kPerMinute * units;
    return limits;
}

// F1 and S1 share their throttles; twin operations do not grow with the units there.
TierLimits small_limits(double units) {
    TierLimits limits = common_limits(units);
    limits.connections = std::max(100.0, 12 * units);
    limits.device_messages = std::max(100.0, 12 * units);
    limits.direct_method_blocks = method_blocks(160) * units;
    limits.twin_reads = 100;
    limits.twin_updates = 50;
    limits.job_device_operations = 10;
    limits.jobs_max = 1;
    return limits;
}

TierLimits medium_limits(double units) {
    TierLimits limits = common_limits(units);
    limits.connections = 120 * units;
    limits.device_messages = 120 * units;
    limits.direct_method_blocks = method_blocks(480) * units;
    limits.twin_reads = std::max(100.0, 10 * units);
    limits.twin_updates = std::max(50.0, 5 * units);
    limits.job_device_operations = std::max(10.0, units);
    limits.jobs_max = 5;
    return limits;
}

TierLimits large_limits(double units) {
    TierLimits limits;
    limits.registry_operations = 5'000 * kPerMinute * units;
    limits.connections = 6'000 * units;
    limits.device_messages = 6'000 * units;
    limits.file_uploads = 5'000 * kPerMinute * units;
    limits.queries = 1'000 * kPerMinute * units;
    limits.cloud_to_device_sends = 5'000 * kPerMinute * units;
    limits.cloud_to_device_receives = 50'000 * kPerMinute * units;
    limits.direct_method_blocks = method_blocks(24.0 * 1024) * units;
    limits.twin_reads = 500 * units;
    limits.twin_updates = 250 * units;
    limits.job_operations = 5'000 * kPerMinute * units;
    limits.job_device_operations = 50 * units;
    limits.configurations = 20 * kPerMinute * units;
    limits.jobs_max = 10;
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

std::string_view name(OperationClass operation) {
    return kOperationNames[static_cast<std::size_t>(operation)];
}

std::optional<OperationClass> find_operation_class(std::string_view name) {
    const auto* const found = std::ranges::find(kOperationNames, name);
    if (found == kOperationNames.end()) {
        return std::nullopt;
    }
    return static_cast<OperationClass>(found - kOperationNames.begin());
}

double TierLimits::rate(OperationClass operation) const {
    // In the order of the enumeration.
    const std::array<double, kOperationClassCount> rates{registry_operations,
                                                         connections,
                                                         device_messages,
                                                         file_uploads,
                                                         queries,
                                                         cloud_to_device_sends,
                                                         cloud_to_device_receives,
                                                         direct_method_blocks,
                                                         twin_reads,
                                                         twin_updates,
                                                         job_operations,
                                                         job_device_operations,
                                                         configurations};
    return rates[static_cast<std::size_t>(operation)];
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
            limits.configurations_max = kFreeConfigurationsMax;
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

Result<void> check_units(Tier tier, int units) {
    const int units_max = limits(tier, 1).units_max;
    if (units >= 1 && units <= units_max) {
        return {};
    }
    const std::string sold =
        units_max == 1 ? std::string("1 unit") : fmt::format("1 to {} units", units_max);
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} has {}, not {}", name(tier), sold, units));
}

std::uint64_t metered_messages(std::uint64_t bytes, std::uint64_t block_bytes) {
    TWINSTORM_CHECK(block_bytes > 0);
    return bytes == 0 ? 1 : (bytes - 1) / block_bytes + 1;
}

}  // namespace twinstorm::iothub
