#include "twinstorm/agent/configuration.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "agent/configuration_values.h"

namespace twinstorm::agent {
namespace {

namespace json = boost::json;

enum class Rule : std::uint8_t {
    kBoolean,
    kPositive,  // An integer above zero.
    kText,      // Lists are one text, too: comma-separated.
    kShortText,
    kProcessMode,
    kPriority,
    kIntervals,
};

// Names of a hostile twin's keys, in all: a reported section has its limit at the hub.
constexpr std::size_t kInvalidBytesMax = 8 * 1024;

using Store = void (*)(Configuration&, const json::value&);

struct Key {
    std::string_view name;
    Rule rule;
    Store store = nullptr;  // Most settings change nothing that a simulated agent could show.
};

std::uint16_t cache_size(const json::value& value) {
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint16_t>::max();
    return static_cast<std::uint16_t>(std::min(*read_positive(value), kMax));
}

template <std::uint16_t Configuration::*kMember>
void store_size(Configuration& configuration, const json::value& value) {
    configuration.*kMember = cache_size(value);
}

template <std::string HardwareOverrides::*kMember>
void store_override(Configuration& configuration, const json::value& value) {
    configuration.overrides.*kMember = std::string_view(value.get_string());
}

constexpr Key kGeneralKeys[] = {
    {"CollectorsCore_PriorityIntervals", Rule::kIntervals,
     [](Configuration& configuration, const json::value& value) {
         configuration.interval_minutes = *read_intervals(value);
     }},
    {"IothubModule_MessageTimeout", Rule::kPositive,
     [](Configuration& configuration, const json::value& value) {
         configuration.message_timeout_minutes =
             static_cast<std::uint32_t>(std::min(*read_positive(value), kMinutesMax));
     }},
};

constexpr std::string_view kPrefixes[kCollectorCount] = {
    "Baseline", "SystemInformation", "SBoM",       "Heartbeat",  "Login",      "NetworkActivity",
    "Process",  "LogCollector",      "FileSystem", "Peripheral", "Statistics",
};

constexpr Key kCollectorKeys[] = {
    {"Baseline_GroupsDisabled", Rule::kText},
    {"Baseline_ChecksDisabled", Rule::kText},
    {"SystemInformation_HardwareVendor", Rule::kShortText,
     store_override<&HardwareOverrides::hardware_vendor>},
    {"SystemInformation_HardwareModel", Rule::kShortText,
     store_override<&HardwareOverrides::hardware_model>},
    {"SystemInformation_HardwareSerialNumber", Rule::kShortText,
     store_override<&HardwareOverrides::hardware_serial_number>},
    {"SystemInformation_FirmwareVendor", Rule::kShortText,
     store_override<&HardwareOverrides::firmware_vendor>},
    {"SystemInformation_FirmwareVersion", Rule::kShortText,
     store_override<&HardwareOverrides::firmware_version>},
    {"Login_UsePAM", Rule::kBoolean,
     [](Configuration& configuration, const json::value& value) {
         configuration.login_uses_pam = value.get_bool();
     }},
    {"NetworkActivity_Devices", Rule::kText,
     [](Configuration& configuration, const json::value& value) {
         const auto devices = split_list(value.get_string());
         configuration.captures_eth0 = std::ranges::find(devices, "eth0") != devices.end();
     }},
    {"NetworkActivity_CacheSize", Rule::kPositive, store_size<&Configuration::network_cache_size>},
    {"NetworkActivity_PacketBufferSize", Rule::kPositive},
    {"Process_PollingInterval", Rule::kPositive},
    {"Process_Mode", Rule::kProcessMode},
    {"Process_CacheSize", Rule::kPositive, store_size<&Configuration::process_cache_size>},
    {"FileSystem_Recursive", Rule::kBoolean},
    {"FileSystem_Paths", Rule::kText},
    {"FileSystem_CacheSize", Rule::kPositive, store_size<&Configuration::file_system_cache_size>},
    {"Peripheral_CacheSize", Rule::kPositive, store_size<&Configuration::peripheral_cache_size>},
    {"Statistics_CacheSize", Rule::kPositive, store_size<&Configuration::statistics_cache_size>},
};

bool obeys(Rule rule, const json::value& value) {
    switch (rule) {
        case Rule::kBoolean:
            return value.is_bool();
        case Rule::kPositive:
            return read_positive(value).has_value();
        case Rule::kText:
            return value.is_string();
        case Rule::kShortText:
            return value.is_string() && value.get_string().size() <= kOverrideBytesMax;
        case Rule::kProcessMode:  // 1 automatic, 2 netlink, 3 polling.
            return read_positive(value).value_or(0) - 1 < 3;
        case Rule::kPriority:
            return read_priority(value).has_value();
        case Rule::kIntervals:
            return read_intervals(value).has_value();
    }
    return false;
}

class Parser {
public:
    explicit Parser(const json::object& desired) : desired_(desired) {}

    // The value, when there is one that obeys the rule.
    const json::value* read(std::string_view key, Rule rule) {
        const json::value* value = desired_.if_contains(key);
        if (value == nullptr || value->is_null()) {  // Null is how a twin says: absent.
            return nullptr;
        }
        if (obeys(rule, *value)) {
            return value;
        }
        outcome_.invalid_fields.emplace_back(key);
        return nullptr;
    }

    void read(const Key& key) {
        const json::value* value = read(key.name, key.rule);
        if (value != nullptr && key.store != nullptr) {
            key.store(outcome_.configuration, *value);
        }
    }

    void read_collector(std::size_t index) {
        const std::string prefix(kPrefixes[index]);
        CollectorSettings& settings = outcome_.configuration.collectors[index];
        if (const auto* value = read(prefix + "_Disabled", Rule::kBoolean)) {
            settings.disabled = value->get_bool();
        }
        if (const auto* value = read(prefix + "_MessageFrequency", Rule::kPriority)) {
            settings.frequency = *read_priority(*value);
        }
        for (const Key& key : kCollectorKeys) {
            if (key.name.starts_with(prefix + "_")) {
                read(key);
            }
        }
    }

    // Settings that are made of two keys each.
    void read_pairs() {
        const auto groups = valid_text("Baseline_GroupsDisabled");
        const auto checks = valid_text("Baseline_ChecksDisabled");
        if (!groups.empty() || !checks.empty()) {
            outcome_.configuration.checks_disabled = checks_named(groups, checks);
        }
        if (const auto paths = valid_text("FileSystem_Paths"); !paths.empty()) {
            const json::value* recursive = desired_.if_contains("FileSystem_Recursive");
            const bool only_children =
                recursive != nullptr && recursive->is_bool() && !recursive->get_bool();
            outcome_.configuration.paths_watched = paths_below(paths, !only_children);
        }
    }

    void read_unknown() {
        for (const auto& [key, value] : desired_) {
            if (!value.is_null() && !key.starts_with('$') && !known(key)) {
                outcome_.invalid_fields.emplace_back(key);
            }
        }
    }

    [[nodiscard]] ConfigurationOutcome take() {
        std::vector<std::string>& fields = outcome_.invalid_fields;
        std::size_t bytes = 0;
        std::size_t count = 0;
        while (count < std::min(fields.size(), kInvalidFieldsMax) &&
               (bytes += fields[count].size()) <= kInvalidBytesMax) {
            ++count;
        }
        fields.resize(std::max<std::size_t>(count, fields.empty() ? 0 : 1));
        return std::move(outcome_);
    }

private:
    [[nodiscard]] std::string_view valid_text(std::string_view key) const {
        const json::value* value = desired_.if_contains(key);
        return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                      : std::string_view();
    }

    [[nodiscard]] static bool known(std::string_view key) {
        const auto is_it = [key](const Key& other) { return other.name == key; };
        if (std::ranges::any_of(kGeneralKeys, is_it) ||
            std::ranges::any_of(kCollectorKeys, is_it)) {
            return true;
        }
        return std::ranges::any_of(kPrefixes, [key](std::string_view prefix) {
            return key.starts_with(prefix) && (key.substr(prefix.size()) == "_Disabled" ||
                                               key.substr(prefix.size()) == "_MessageFrequency");
        });
    }

    const json::object& desired_;
    ConfigurationOutcome outcome_;
};

}  // namespace

std::string_view name(Collector collector) {
    return kPrefixes[static_cast<std::size_t>(collector)];
}

Configuration::Configuration() {
    for (const Collector collector :
         {Collector::kLogin, Collector::kNetworkActivity, Collector::kProcess}) {
        collectors[static_cast<std::size_t>(collector)].frequency = Priority::kMedium;
    }
}

// Mistakes are named in the order of the documents, whatever order the twin has them in.
ConfigurationOutcome parse_configuration(const json::object& desired, const AgentOptions& options) {
    Parser parser(desired);
    for (const Key& key : kGeneralKeys) {
        parser.read(key);
    }
    for (std::size_t index = 0; index < kCollectorCount; ++index) {
        parser.read_collector(index);
    }
    parser.read_pairs();
    if (options.unknown_keys == UnknownKeys::kInvalid) {
        parser.read_unknown();
    }
    return parser.take();
}

json::object reported_patch(const ConfigurationOutcome& outcome, const AgentOptions& options) {
    if (outcome.invalid_fields.empty()) {
        return {{"latest_state", "success"}, {"latest_invalid_fields", nullptr}};
    }
    json::object patch;
    patch["latest_state"] = "failed";
    if (!options.invalid_fields_as_text) {
        patch["latest_invalid_fields"] =
            json::array(outcome.invalid_fields.begin(), outcome.invalid_fields.end());
        return patch;
    }
    json::string text;
    for (const std::string& field : outcome.invalid_fields) {
        text.append(text.empty() ? "" : ",").append(field);
    }
    patch["latest_invalid_fields"] = std::move(text);
    return patch;
}

}  // namespace twinstorm::agent
