#include "twinstorm/agent/configuration.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace twinstorm::agent {
namespace {

namespace json = boost::json;

// Longer times count as ten years, so that a sum of instants never overflows. The documents name
// no upper bound, so such a value is no mistake.
constexpr std::uint64_t kMinutesMax = std::uint64_t{10} * 366 * 24 * 60;

enum class Rule : std::uint8_t {
    kBoolean,
    kPositive,  // An integer above zero.
    kText,      // Lists are one text, too: comma-separated.
    kProcessMode,
    kPriority,
    kIntervals,
};

// Where a checked value goes. Most settings change nothing that a simulated agent could show.
enum class Target : std::uint8_t {
    kNone,
    kDisabled,
    kFrequency,
    kIntervals,
    kMessageTimeout,
    kProcessCache,
    kNetworkCache,
};

struct Key {
    std::string_view name;
    Rule rule;
    Target target = Target::kNone;
};

constexpr Key kGeneralKeys[] = {
    {"CollectorsCore_PriorityIntervals", Rule::kIntervals, Target::kIntervals},
    {"IothubModule_MessageTimeout", Rule::kPositive, Target::kMessageTimeout},
};

// As `Collector` lists them.
constexpr std::string_view kPrefixes[kCollectorCount] = {
    "Baseline", "SystemInformation", "SBoM",       "Heartbeat",  "Login",      "NetworkActivity",
    "Process",  "LogCollector",      "FileSystem", "Peripheral", "Statistics",
};

constexpr Key kCollectorKeys[] = {
    {"Baseline_GroupsDisabled", Rule::kText},
    {"Baseline_ChecksDisabled", Rule::kText},
    {"SystemInformation_HardwareVendor", Rule::kText},
    {"SystemInformation_HardwareModel", Rule::kText},
    {"SystemInformation_HardwareSerialNumber", Rule::kText},
    {"SystemInformation_FirmwareVendor", Rule::kText},
    {"SystemInformation_FirmwareVersion", Rule::kText},
    {"Login_UsePAM", Rule::kBoolean},
    {"NetworkActivity_Devices", Rule::kText},
    {"NetworkActivity_CacheSize", Rule::kPositive, Target::kNetworkCache},
    {"NetworkActivity_PacketBufferSize", Rule::kPositive},
    {"Process_PollingInterval", Rule::kPositive},
    {"Process_Mode", Rule::kProcessMode},
    {"Process_CacheSize", Rule::kPositive, Target::kProcessCache},
    {"FileSystem_Recursive", Rule::kBoolean},
    {"FileSystem_Paths", Rule::kText},
    {"FileSystem_CacheSize", Rule::kPositive},
    {"Peripheral_CacheSize", Rule::kPositive},
    {"Statistics_CacheSize", Rule::kPositive},
};

std::optional<std::uint64_t> read_positive(const json::value& value) {
    if (const std::int64_t* number = value.if_int64(); number != nullptr && *number > 0) {
        return static_cast<std::uint64_t>(*number);
    }
    if (const std::uint64_t* number = value.if_uint64(); number != nullptr && *number > 0) {
        return *number;
    }
    return std::nullopt;
}

std::optional<Priority> read_priority(const json::value& value) {
    const json::string* text = value.if_string();
    if (text == nullptr) {
        return std::nullopt;
    }
    constexpr std::pair<std::string_view, Priority> kPriorities[] = {
        {"High", Priority::kHigh}, {"Medium", Priority::kMedium}, {"Low", Priority::kLow}};
    for (const auto& [name, priority] : kPriorities) {
        if (std::string_view(*text) == name) {
            return priority;
        }
    }
    return std::nullopt;
}

std::string_view without_blanks(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::optional<std::uint32_t> read_minutes(std::string_view text) {
    const std::string_view digits = without_blanks(text);
    std::uint64_t minutes = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), minutes);
    if (error != std::errc{} || end != digits.data() + digits.size() || minutes == 0) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(std::min(minutes, kMinutesMax));
}

using Intervals = std::array<std::uint32_t, kPriorityCount>;

// `"<High>,<Medium>,<Low>"`. Each *should* be a multiple of the next faster one; the documents ask
// for no more than that, so other values are kept.
std::optional<Intervals> read_intervals(const json::value& value) {
    const json::string* text = value.if_string();
    if (text == nullptr) {
        return std::nullopt;
    }
    std::string_view rest = *text;
    Intervals intervals{};
    for (std::size_t i = 0; i < kPriorityCount; ++i) {
        const std::size_t comma = rest.find(',');
        const bool is_last = i + 1 == kPriorityCount;
        if (is_last != (comma == std::string_view::npos)) {
            return std::nullopt;
        }
        const auto minutes = read_minutes(rest.substr(0, comma));
        if (!minutes) {
            return std::nullopt;
        }
        intervals[i] = *minutes;
        rest.remove_prefix(is_last ? rest.size() : comma + 1);
    }
    return intervals;
}

bool obeys(Rule rule, const json::value& value) {
    switch (rule) {
        case Rule::kBoolean:
            return value.is_bool();
        case Rule::kPositive:
            return read_positive(value).has_value();
        case Rule::kText:
            return value.is_string();
        case Rule::kProcessMode:  // 1 automatic, 2 netlink, 3 polling.
            return read_positive(value).value_or(0) - 1 < 3;
        case Rule::kPriority:
            return read_priority(value).has_value();
        case Rule::kIntervals:
            return read_intervals(value).has_value();
    }
    return false;
}

std::uint16_t cache_size(const json::value& value) {
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint16_t>::max();
    return static_cast<std::uint16_t>(std::min(*read_positive(value), kMax));
}

// The value obeys the key's rule.
void store(Target target, const json::value& value, CollectorSettings* collector,
           Configuration& configuration) {
    switch (target) {
        case Target::kNone:
            break;
        case Target::kDisabled:
            collector->disabled = value.get_bool();
            break;
        case Target::kFrequency:
            collector->frequency = *read_priority(value);
            break;
        case Target::kIntervals:
            configuration.interval_minutes = *read_intervals(value);
            break;
        case Target::kMessageTimeout:
            configuration.message_timeout_minutes =
                static_cast<std::uint32_t>(std::min(*read_positive(value), kMinutesMax));
            break;
        case Target::kProcessCache:
            configuration.process_cache_size = cache_size(value);
            break;
        case Target::kNetworkCache:
            configuration.network_cache_size = cache_size(value);
            break;
    }
}

class Parser {
public:
    explicit Parser(const json::object& desired) : desired_(desired) {}

    void read(const Key& key, CollectorSettings* collector = nullptr) {
        const json::value* value = desired_.if_contains(key.name);
        if (value == nullptr ||
            value->is_null()) {  // Null is how a twin says that a key is absent.
            return;
        }
        if (obeys(key.rule, *value)) {
            store(key.target, *value, collector, outcome_.configuration);
        } else {
            outcome_.invalid_fields.emplace_back(key.name);
        }
    }

    void read_collector(std::size_t index) {
        const std::string_view prefix = kPrefixes[index];
        CollectorSettings& settings = outcome_.configuration.collectors[index];
        name_.assign(prefix).append("_Disabled");
        read({name_, Rule::kBoolean, Target::kDisabled}, &settings);
        name_.assign(prefix).append("_MessageFrequency");
        read({name_, Rule::kPriority, Target::kFrequency}, &settings);
        name_.assign(prefix).append("_");
        for (const Key& key : kCollectorKeys) {
            if (key.name.starts_with(name_)) {
                read(key);
            }
        }
    }

    [[nodiscard]] ConfigurationOutcome take() { return std::move(outcome_); }

private:
    const json::object& desired_;
    std::string name_;
    ConfigurationOutcome outcome_;
};

}  // namespace

Configuration::Configuration() {
    for (const Collector collector :
         {Collector::kLogin, Collector::kNetworkActivity, Collector::kProcess}) {
        collectors[static_cast<std::size_t>(collector)].frequency = Priority::kMedium;
    }
}

// Mistakes are named in the order of the fact sheet, whatever order the twin has them in.
ConfigurationOutcome parse_configuration(const json::object& desired) {
    Parser parser(desired);
    for (const Key& key : kGeneralKeys) {
        parser.read(key);
    }
    for (std::size_t index = 0; index < kCollectorCount; ++index) {
        parser.read_collector(index);
    }
    return parser.take();
}

json::object reported_patch(const ConfigurationOutcome& outcome) {
    if (outcome.invalid_fields.empty()) {
        return {{"latest_state", "success"}, {"latest_invalid_fields", nullptr}};
    }
    json::array fields(outcome.invalid_fields.begin(), outcome.invalid_fields.end());
    json::object patch;
    patch["latest_state"] = "failed";
    patch["latest_invalid_fields"] = std::move(fields);
    return patch;
}

}  // namespace twinstorm::agent
