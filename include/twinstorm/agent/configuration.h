// The micro agent's configuration: the flat keys of the desired properties of its module twin.
//
// Rules:  every key is optional; an absent key has its default; a key of a wrong type or value
//         keeps its default and is named in latest_invalid_fields; the other keys are applied.
//         Unknown keys are ignored. (Valid keys beside an invalid one, and unknown keys: not
//         documented; our choice.)
// Limits: times beyond ten years count as ten years, so that no sum of instants overflows.
// Units:  intervals in minutes, as in the twin.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace twinstorm::agent {

enum class Priority : std::uint8_t { kHigh, kMedium, kLow };
inline constexpr std::size_t kPriorityCount = 3;

enum class Collector : std::uint8_t {
    kBaseline,
    kSystemInformation,
    kSbom,
    kHeartbeat,
    kLogin,
    kNetworkActivity,
    kProcess,
    kLogCollector,
    kFileSystem,
    kPeripheral,
    kStatistics,
};
inline constexpr std::size_t kCollectorCount = 11;

struct CollectorSettings {
    bool disabled = false;
    Priority frequency = Priority::kLow;
    friend bool operator==(const CollectorSettings&, const CollectorSettings&) = default;
};

struct Configuration {
    std::array<std::uint32_t, kPriorityCount> interval_minutes{30, 120, 1440};
    std::uint32_t message_timeout_minutes = 2880;
    std::array<CollectorSettings, kCollectorCount> collectors;
    std::uint16_t process_cache_size = 256;
    std::uint16_t network_cache_size = 256;

    Configuration();  // The documented defaults.
    [[nodiscard]] const CollectorSettings& operator[](Collector collector) const {
        return collectors[static_cast<std::size_t>(collector)];
    }
    friend bool operator==(const Configuration&, const Configuration&) = default;
};

struct ConfigurationOutcome {
    Configuration configuration;
    std::vector<std::string> invalid_fields;
};

// All keys of the fact sheet are parsed and checked, also those that change nothing here.
[[nodiscard]] ConfigurationOutcome parse_configuration(const boost::json::object& desired);

// The reported patch: `latest_state`, and `latest_invalid_fields` (null when there are none).
[[nodiscard]] boost::json::object reported_patch(const ConfigurationOutcome& outcome);

}  // namespace twinstorm::agent
