#include "twinstorm/agent/legacy_configuration.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include <boost/json/value.hpp>

#include "agent/iso_duration.h"

namespace twinstorm::agent {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr Duration kDurationMax = 10 * 366 * 24h;
constexpr std::uint32_t kMessageBytesMin = 8'192;
constexpr std::uint32_t kMessageBytesMax = 262'144;
constexpr std::uint32_t kBillingBlock = 4'096;
constexpr std::uint32_t kCacheBytesOfC = 10'485'760;  // What the agent in C has built in.

struct EventKey {
    std::string_view name;
    LegacyEvent event;
    bool in_c = true;  // Known to the agent in C.
};

// In the order in which the agent in C reports them.
constexpr EventKey kEventKeys[] = {
    {"eventPriorityOSBaseline", LegacyEvent::kOsBaseline},
    {"eventPriorityConnectionCreate", LegacyEvent::kConnectionCreate},
    {"eventPriorityDiagnostic", LegacyEvent::kDiagnostic},
    {"eventPriorityFirewallConfiguration", LegacyEvent::kFirewallConfiguration},
    {"eventPriorityListeningPorts", LegacyEvent::kListeningPorts},
    {"eventPriorityLocalUsers", LegacyEvent::kLocalUsers},
    {"eventPriorityLogin", LegacyEvent::kLogin},
    {"eventPriorityProcessCreate", LegacyEvent::kProcessCreate},
    {"eventPrioritySystemInformation", LegacyEvent::kSystemInformation},
    {"eventPriorityProcessTerminate", LegacyEvent::kProcessTerminate, false},
    {"eventPriorityConnectedHardware", LegacyEvent::kConnectedHardware, false},
    {"eventPriorityConfigurationError", LegacyEvent::kConfigurationError, false},
    {"eventPriorityDroppedEventsStatistics", LegacyEvent::kDroppedEventsStatistics, false},
    {"eventPriorityMessageStatistics", LegacyEvent::kMessageStatistics, false},
};

// One key for the three, and the agent in C alone knows it.
constexpr std::string_view kOperationalKey = "eventPriorityOperational";
constexpr LegacyEvent kOperational[] = {LegacyEvent::kConfigurationError,
                                        LegacyEvent::kDroppedEventsStatistics,
                                        LegacyEvent::kMessageStatistics};

struct AggregationKeys {
    std::string_view enabled;
    std::string_view interval;
};

// As `Aggregated` lists them; the last is the agent's in C# alone.
constexpr AggregationKeys kAggregationKeys[kAggregatedCount] = {
    {"aggregationEnabledProcessCreate", "aggregationIntervalProcessCreate"},
    {"aggregationEnabledConnectionCreate", "aggregationIntervalConnectionCreate"},
    {"aggregationEnabledProcessTerminate", "aggregationIntervalProcessTerminate"},
};

std::span<const AggregationKeys> aggregation_keys(Family family) {
    return std::span(kAggregationKeys).first(family == Family::kLegacyC ? 2 : 3);
}

// Names are taken in any case.
std::optional<LegacyPriority> read_priority(std::string_view text) {
    constexpr std::pair<std::string_view, LegacyPriority> kNames[] = {
        {"high", LegacyPriority::kHigh},
        {"low", LegacyPriority::kLow},
        {"off", LegacyPriority::kOff}};
    const auto same = [text](std::string_view name) {
        return std::ranges::equal(text, name, [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
        });
    };
    for (const auto& [name, priority] : kNames) {
        if (same(name)) {
            return priority;
        }
    }
    return std::nullopt;
}

std::string_view name(LegacyPriority priority, Family family) {
    const bool lower = family == Family::kLegacyC;
    switch (priority) {
        case LegacyPriority::kHigh:
            return lower ? "high" : "High";
        case LegacyPriority::kLow:
            return lower ? "low" : "Low";
        case LegacyPriority::kOff:
            break;
    }
    return lower ? "off" : "Off";
}

// Values of one object; the first wrong one spoils it as a whole.
class Reader {
public:
    explicit Reader(const json::object& object) : object_(object) {}

    void read(std::string_view key, Duration& duration) {
        const json::string* const text = read_text(key);
        const auto value = text != nullptr ? parse_iso_duration(*text) : std::nullopt;
        store(text, value ? std::optional(std::min(*value, kDurationMax)) : std::nullopt, duration);
    }

    void read(std::string_view key, LegacyPriority& priority) {
        const json::string* const text = read_text(key);
        store(text, text != nullptr ? read_priority(*text) : std::nullopt, priority);
    }

    void read(std::string_view key, bool& flag) {
        const json::value* const value = find(key);
        store(
            value,
            value != nullptr && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt,
            flag);
    }

    void read(std::string_view key, std::int64_t min, std::int64_t max, std::uint32_t& bytes) {
        const json::value* const value = find(key);
        const bool good = value != nullptr && value->is_int64() && value->get_int64() >= min &&
                          value->get_int64() <= max;
        store(value,
              good ? std::optional(static_cast<std::uint32_t>(value->get_int64())) : std::nullopt,
              bytes);
    }

    template <class Text>
    void read_short(std::string_view key, Text& text) {
        const json::string* const value = read_text(key);
        const bool good = value != nullptr && value->size() <= kLegacyTextBytesMax;
        store(value, good ? std::optional(std::string(*value)) : std::nullopt, text);
    }

    [[nodiscard]] bool usable() const { return usable_; }

private:
    template <class Value, class Target>
    void store(const void* there, std::optional<Value> value, Target& target) {
        if (value) {
            target = *std::move(value);
        } else if (there != nullptr) {
            usable_ = false;
        }
    }

    // The value in the key's object; none when it is absent or null.
    const json::value* find(std::string_view key) {
        const json::value* const holder = object_.if_contains(key);
        if (holder == nullptr || holder->is_null()) {
            return nullptr;
        }
        const json::object* const object = holder->if_object();
        const json::value* const value = object != nullptr ? object->if_contains("value") : nullptr;
        usable_ = usable_ && value != nullptr;
        return value != nullptr && !value->is_null() ? value : nullptr;
    }

    const json::string* read_text(std::string_view key) {
        const json::value* const value = find(key);
        usable_ = usable_ && (value == nullptr || value->is_string());
        return value != nullptr ? value->if_string() : nullptr;
    }

    const json::object& object_;
    bool usable_ = true;
};

void read_all(Reader& reader, Family family, LegacyOutcome& outcome) {
    LegacyConfiguration& to = outcome.configuration;
    constexpr std::int64_t kCacheBytesMin = 8'193;
    constexpr std::int64_t kCacheBytesMax = 0xffff'ffff;
    reader.read("maxLocalCacheSizeInBytes", kCacheBytesMin, kCacheBytesMax, to.cache_bytes_max);
    reader.read("maxMessageSizeInBytes", kMessageBytesMin, kMessageBytesMax, to.message_bytes_max);
    reader.read("highPriorityMessageFrequency", to.high_frequency);
    reader.read("lowPriorityMessageFrequency", to.low_frequency);
    reader.read("snapshotFrequency", to.snapshot_frequency);
    reader.read("baselineCustomChecksEnabled", to.custom_checks);
    reader.read_short("baselineCustomChecksFilePath", outcome.checks_path);
    reader.read_short("baselineCustomChecksFileHash", outcome.checks_hash);
    for (const EventKey& key : kEventKeys) {
        if (key.in_c || family == Family::kLegacyCs) {
            reader.read(key.name, to.priorities[static_cast<std::size_t>(key.event)]);
        }
    }
    if (family == Family::kLegacyC) {
        LegacyPriority operational = LegacyPriority::kHigh;
        reader.read(kOperationalKey, operational);
        for (const LegacyEvent event : kOperational) {
            to.priorities[static_cast<std::size_t>(event)] = operational;
        }
    } else {
        reader.read_short("hubResourceId", to.hub_resource_id);
    }
    for (std::size_t i = 0; i < aggregation_keys(family).size(); ++i) {
        reader.read(kAggregationKeys[i].enabled, to.aggregates[i]);
        reader.read(kAggregationKeys[i].interval, to.aggregation_interval[i]);
    }
}

void judge(LegacyOutcome& outcome) {
    const LegacyConfiguration& configuration = outcome.configuration;
    const auto raise = [&outcome](LegacyMistake mistake, bool made) {
        outcome.mistakes[static_cast<std::size_t>(mistake)] = made;
    };
    raise(LegacyMistake::kTypeMismatch, !outcome.usable);
    raise(LegacyMistake::kOddMessageSize,
          outcome.usable && configuration.message_bytes_max % kBillingBlock != 0);
    raise(LegacyMistake::kCacheBelowMessage,
          outcome.usable && configuration.cache_bytes_max < configuration.message_bytes_max);
    raise(LegacyMistake::kHighAboveLow,
          outcome.usable && configuration.high_frequency > configuration.low_frequency);
}

}  // namespace

LegacyConfiguration::LegacyConfiguration(Family family) {
    priorities.fill(LegacyPriority::kLow);
    for (const LegacyEvent event :
         {LegacyEvent::kListeningPorts, LegacyEvent::kLocalUsers, LegacyEvent::kLogin}) {
        priorities[static_cast<std::size_t>(event)] = LegacyPriority::kHigh;
    }
    aggregation_interval.fill(1h);
    if (family == Family::kLegacyC) {
        cache_bytes_max = kCacheBytesOfC;
        for (const LegacyEvent event : kOperational) {
            priorities[static_cast<std::size_t>(event)] = LegacyPriority::kHigh;
        }
    }
}

LegacyOutcome parse_legacy_configuration(const json::object& section, Family family) {
    LegacyOutcome outcome{LegacyConfiguration(family), {}, {}, true, {}};
    const json::value* const value = section.if_contains(kLegacyObjectName);
    if (value != nullptr && !value->is_null()) {
        const json::object* const object = value->if_object();
        if (object != nullptr) {
            Reader reader(*object);
            read_all(reader, family, outcome);
            outcome.usable = reader.usable();
        } else {
            outcome.usable = false;
        }
    }
    judge(outcome);
    return outcome;
}

json::object legacy_reported(const LegacyOutcome& outcome, Family family) {
    const LegacyConfiguration& from = outcome.configuration;
    json::object object;
    const auto say = [&object](std::string_view key, json::value value) {
        object[key] = json::object{{"value", std::move(value)}};
    };
    say("maxLocalCacheSizeInBytes", from.cache_bytes_max);
    say("maxMessageSizeInBytes", from.message_bytes_max);
    say("highPriorityMessageFrequency", json::string(format_iso_duration(from.high_frequency)));
    say("lowPriorityMessageFrequency", json::string(format_iso_duration(from.low_frequency)));
    say("snapshotFrequency", json::string(format_iso_duration(from.snapshot_frequency)));
    say("baselineCustomChecksEnabled", from.custom_checks);
    if (outcome.checks_path) {
        say("baselineCustomChecksFilePath", json::string(*outcome.checks_path));
    }
    if (outcome.checks_hash) {
        say("baselineCustomChecksFileHash", json::string(*outcome.checks_hash));
    }
    for (const EventKey& key : kEventKeys) {
        if (key.in_c || family == Family::kLegacyCs) {
            say(key.name, json::string(name(from.priority(key.event), family)));
        }
    }
    if (family == Family::kLegacyC) {
        say(kOperationalKey,
            json::string(name(from.priority(LegacyEvent::kConfigurationError), family)));
    } else {
        say("hubResourceId", json::string(from.hub_resource_id));
    }
    for (std::size_t i = 0; i < aggregation_keys(family).size(); ++i) {
        say(kAggregationKeys[i].enabled, from.aggregates[i]);
        say(kAggregationKeys[i].interval,
            json::string(format_iso_duration(from.aggregation_interval[i])));
    }
    json::object reported;
    reported[kLegacyObjectName] = std::move(object);
    return reported;
}

}  // namespace twinstorm::agent
