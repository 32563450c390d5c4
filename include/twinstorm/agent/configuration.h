// The micro agent's configuration: the flat keys of the desired properties of its module twin.
//
// Rules:  every key is optional; an absent key, or null, has its default; a key of a wrong type or
//         value keeps its default and is named in latest_invalid_fields. What no document says
//         (unknown keys, valid keys beside an invalid one) is an option of the persona.
// Limits: times beyond ten years count as ten years, so that no sum of instants overflows; texts
//         that an agent has to keep are invalid beyond kOverrideBytesMax.
// Units:  intervals in minutes, as in the twin.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/agent/persona.h"

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
[[nodiscard]] std::string_view name(Collector collector);  // The prefix of its keys: `SBoM`.

inline constexpr std::size_t kOverrideBytesMax = 128;
inline constexpr std::size_t kChecksMax = 256;  // Of the catalogue.
inline constexpr std::size_t kPathsMax = 64;    // Of the catalogue.
inline constexpr std::size_t kInvalidFieldsMax = 64;

struct CollectorSettings {
    bool disabled = false;
    Priority frequency = Priority::kLow;
    friend bool operator==(const CollectorSettings&, const CollectorSettings&) = default;
};

// `SystemInformation_HardwareVendor` and its like; empty: what the machine itself says.
struct HardwareOverrides {
    std::string hardware_vendor;
    std::string hardware_model;
    std::string hardware_serial_number;
    std::string firmware_vendor;
    std::string firmware_version;
    friend bool operator==(const HardwareOverrides&, const HardwareOverrides&) = default;
};

struct Configuration {
    std::array<std::uint32_t, kPriorityCount> interval_minutes{30, 120, 1440};
    std::uint32_t message_timeout_minutes = 2880;
    std::array<CollectorSettings, kCollectorCount> collectors;
    std::uint16_t process_cache_size = 256;
    std::uint16_t network_cache_size = 256;
    std::uint16_t file_system_cache_size = 256;
    std::uint16_t peripheral_cache_size = 256;
    std::uint16_t statistics_cache_size = 256;
    bool captures_eth0 = true;  // `NetworkActivity_Devices` names the one device there is.
    bool login_uses_pam = false;
    std::bitset<kChecksMax> checks_disabled;  // By id or by group, of the catalogue's checks.
    std::bitset<kPathsMax> paths_watched;     // Of the catalogue's paths.
    HardwareOverrides overrides;

    Configuration();  // The documented defaults.
    [[nodiscard]] const CollectorSettings& operator[](Collector collector) const {
        return collectors[static_cast<std::size_t>(collector)];
    }
    friend bool operator==(const Configuration&, const Configuration&) = default;
};

struct ConfigurationOutcome {
    Configuration configuration;
    std::vector<std::string> invalid_fields;  // At most kInvalidFieldsMax.
};

// All keys of the documents are parsed and checked, also those that change nothing here.
[[nodiscard]] ConfigurationOutcome parse_configuration(const boost::json::object& desired,
                                                       const AgentOptions& options);

// The reported patch: `latest_state`, and `latest_invalid_fields` (null when there are none).
[[nodiscard]] boost::json::object reported_patch(const ConfigurationOutcome& outcome,
                                                 const AgentOptions& options);

}  // namespace twinstorm::agent
