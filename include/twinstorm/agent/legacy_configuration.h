// The legacy agents' configuration: one object in the desired properties, in which each key holds
// an object `{"value": …}`.
//
// Rules:  a missing object, a missing key, or null has its default; unknown keys are ignored; an
//         object with a wrong type or value is not usable as a whole. Reported is the whole
//         effective configuration under the same name, in the words of each of the two agents.
// Limits: durations beyond ten years count as ten years; texts beyond kLegacyTextBytesMax are
//         wrong values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "twinstorm/agent/persona.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

inline constexpr std::string_view kLegacyObjectName =
    "ms_iotn:urn_azureiot_Security_SecurityAgentConfiguration";
inline constexpr std::size_t kLegacyTextBytesMax = 256;

// What waits in a queue until it is sent, and then what an agent tells about itself.
enum class LegacyEvent : std::uint8_t {
    kLogin,
    kProcessCreate,
    kProcessTerminate,
    kConnectionCreate,
    kDiagnostic,
    kListeningPorts,
    kLocalUsers,
    kSystemInformation,
    kFirewallConfiguration,
    kOsBaseline,
    kConnectedHardware,
    kConfigurationError,
    kDroppedEventsStatistics,
    kMessageStatistics,
};
inline constexpr std::size_t kLegacyEventCount = 14;
inline constexpr std::size_t kLegacySourceCount = 11;  // The first ones: of the host.

enum class LegacyPriority : std::uint8_t { kHigh, kLow, kOff };

// Those that an agent counts before it sends them.
enum class Aggregated : std::uint8_t { kProcessCreate, kConnectionCreate, kProcessTerminate };
inline constexpr std::size_t kAggregatedCount = 3;

struct LegacyConfiguration {
    Duration high_frequency = std::chrono::minutes(7);
    Duration low_frequency = std::chrono::hours(5);
    Duration snapshot_frequency = std::chrono::hours(13);
    std::uint32_t cache_bytes_max = 2'560'000;
    std::uint32_t message_bytes_max = 204'800;
    std::array<LegacyPriority, kLegacyEventCount> priorities;
    std::array<bool, kAggregatedCount> aggregates{true, true, true};
    std::array<Duration, kAggregatedCount> aggregation_interval;
    bool custom_checks = false;
    std::string hub_resource_id;

    explicit LegacyConfiguration(Family family);  // The defaults of one of the two agents.
    [[nodiscard]] LegacyPriority priority(LegacyEvent event) const {
        return priorities[static_cast<std::size_t>(event)];
    }
};

// What an agent raises a ConfigurationError about.
enum class LegacyMistake : std::uint8_t {
    kTypeMismatch,       // The object cannot be used.
    kOddMessageSize,     // NotOptimal: no multiple of 4096.
    kCacheBelowMessage,  // Conflict
    kHighAboveLow,       // Conflict: the high frequency is the longer one.
};
inline constexpr std::size_t kLegacyMistakeCount = 4;

struct LegacyOutcome {
    LegacyConfiguration configuration;
    std::optional<std::string> checks_path;
    std::optional<std::string> checks_hash;
    bool usable = true;
    std::array<bool, kLegacyMistakeCount> mistakes{};
};

// `section` is a desired section, or a patch of one.
[[nodiscard]] LegacyOutcome parse_legacy_configuration(const boost::json::object& section,
                                                       Family family);

[[nodiscard]] boost::json::object legacy_reported(const LegacyOutcome& outcome, Family family);

}  // namespace twinstorm::agent
