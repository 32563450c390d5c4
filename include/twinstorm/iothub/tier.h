// Tiers, their throttles and daily quotas (documentation of February 2023), and message metering.
//
// Units: operations per second for the whole hub of `units` units; bytes; messages a day.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm::iothub {

enum class Tier : std::uint8_t { kF1, kS1, kS2, kS3 };

[[nodiscard]] Result<Tier> parse_tier(std::string_view text);
[[nodiscard]] std::string_view name(Tier tier);

// What a hub throttles, each kind by itself. Device and module, MQTT and REST count together.
enum class OperationClass : std::uint8_t {
    kRegistry,               // Create, get, list, update, delete; each item of a bulk request.
    kConnections,            // New connections of devices and modules.
    kDeviceMessages,         // Sent by devices and modules.
    kFileUploads,            // Started.
    kQueries,                // Pages asked for.
    kCloudToDeviceSends,     // By the service.
    kCloudToDeviceReceives,  // Over HTTPS only.
    kDirectMethods,          // In started blocks of kMethodBlockBytes of the request.
    kTwinReads,
    kTwinUpdates,  // Tags and desired by the service, reported by the device.
    kJobOperations,
    kJobDeviceOperations,  // What a job does to one device.
    kConfigurations,       // Management calls.
};
inline constexpr std::size_t kOperationClassCount = 13;

[[nodiscard]] std::string_view name(OperationClass operation);  // `twin_reads`
[[nodiscard]] std::optional<OperationClass> find_operation_class(std::string_view name);

// What a class that was idle serves at once before its rate binds: this long at the rate. Microsoft
// speaks of "a minute or two"; no size is published.
inline constexpr std::chrono::seconds kBurstCredit{60};

// 160 KB/s of direct methods are 40 small calls a second.
inline constexpr std::uint64_t kMethodBlockBytes = 4096;

struct TierLimits {
    double registry_operations = 0;
    double connections = 0;
    double device_messages = 0;
    double file_uploads = 0;
    double queries = 0;
    double cloud_to_device_sends = 0;
    double cloud_to_device_receives = 0;
    double direct_method_blocks = 0;
    double twin_reads = 0;
    double twin_updates = 0;
    double job_operations = 0;
    double job_device_operations = 0;
    double configurations = 0;
    int jobs_max = 1;              // Running at a time.
    int configurations_max = 100;  // Of one hub.
    std::uint64_t messages_per_day = 0;
    std::uint64_t metering_block_bytes = 4096;
    int units_max = 1;

    [[nodiscard]] double rate(OperationClass operation) const;
};

// `units` from 1 on; what a tier does not sell is extrapolated, so ask check_units() first.
[[nodiscard]] TierLimits limits(Tier tier, int units);
// Errors: kInvalidArgument: `S3 has 1 to 10 units, not 11`.
[[nodiscard]] Result<void> check_units(Tier tier, int units);

// Started blocks count whole; an empty message counts one.
[[nodiscard]] std::uint64_t metered_messages(std::uint64_t bytes, std::uint64_t block_bytes);

}  // namespace twinstorm::iothub
