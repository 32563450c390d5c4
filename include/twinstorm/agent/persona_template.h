// What a persona file says, typed and checked: desired keys, reports, events, messages.
//
// Use:    `scenario` makes one from YAML; TemplateAgent acts it out. No YAML in here.
// Owner:  a Persona, shared; immutable once read.
// Rules:  a payload is JSON text in pieces: what is constant is written once, what changes is
//         filled in. What a message says is a function of seed, number and instant alone.
// Limits: named below; a message that could grow beyond kMessageBytesMax is refused when read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "twinstorm/agent/batch.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

inline constexpr std::size_t kTemplateMessagesMax = 16;
inline constexpr std::size_t kTemplateEventsMax = 64;
inline constexpr std::size_t kDesiredKeysMax = 64;
inline constexpr std::size_t kDesiredTextBytesMax = 4096;  // As long as a twin's strings get.
inline constexpr std::size_t kDesiredItemsMax = 64;
inline constexpr std::size_t kTemplateMessageBytesMax = std::size_t{256} * 1024;  // The hub's.

enum class DesiredType : std::uint8_t {
    kBoolean,
    kInteger,
    kNumber,
    kString,
    kDuration,
    kEnum,
    kList,
};

// How a duration or a list is written in the twin; any other type has one form only.
enum class DesiredForm : std::uint8_t {
    kMilliseconds,  // A whole number of them.
    kSeconds,
    kMinutes,
    kHours,
    kIso8601,  // `"PT5M"`
    kArray,    // `["a","b"]`
    kText,     // `"a,b"`
};

using DesiredValue =
    std::variant<bool, std::int64_t, double, Duration, std::string, std::vector<std::string>>;

struct DesiredKey {
    std::string name;               // `alarm.level`
    std::vector<std::string> path;  // `alarm`, `level`
    DesiredType type = DesiredType::kBoolean;
    DesiredForm form = DesiredForm::kSeconds;
    DesiredValue standard;  // Where the twin says nothing, or nothing usable.
    // Integers: values. Durations: nanoseconds. Strings: bytes. Lists: items.
    std::int64_t min = 0;
    std::int64_t max = 0;
    double number_min = 0;
    double number_max = 0;
    std::vector<std::string> values;  // Of an enum; of a list, when they are limited.
};

enum class ReportForm : std::uint8_t {
    kMirror,  // All effective values, under the keys of the desired section.
    kState,   // Success or failure, and the names of what was invalid.
    kNone,
};

enum class Fill : std::uint8_t {
    kConstant,
    kDeviceId,
    kTime,      // RFC 3339.
    kUnix,      // Seconds.
    kSequence,  // Of the agent's messages, from 1.
    kUuid,
    kInteger,
    kNumber,
    kBoolean,
    kChoice,
    kWalk,     // A smooth way through a range, each device its own.
    kDesired,  // The effective value of a key.
};

struct Piece {
    Fill fill = Fill::kConstant;
    bool in_text = false;                // Inside of a JSON string; else a JSON value of its own.
    std::uint8_t decimals = 0;           // Of numbers and walks.
    std::uint16_t key = 0;               // Index into PersonaTemplate::desired.
    std::string text{};                  // kConstant: JSON as it is.
    std::vector<std::string> choices{};  // The insides of JSON strings.
    // Of integers, numbers and walks, in units of the last decimal.
    std::int64_t min = 0;
    std::int64_t max = 0;
    double share = 0;        // Of booleans: how many are true.
    std::uint64_t walk = 0;  // Names it: equal names walk together.
    Duration pace{};         // In which a walk gets noticeably further.
};
using Payload = std::vector<Piece>;

struct EventTemplate {
    std::string name;
    std::uint32_t count_min = 1;  // How many a message holds.
    std::uint32_t count_max = 1;
    std::string head;  // `json-1.0`: what stands between its times and its payload.
    Payload payload;
    bool is_item = true;  // `json-1.0`: the payload is the only item of its event's list.
};

enum class Envelope : std::uint8_t {
    kSingle,        // Each event is a message.
    kArray,         // A JSON array of the events.
    kSecurityJson,  // Schema 1.0 of security messages.
};

// Fewer messages outside of the day.
struct Rhythm {
    std::chrono::minutes day_begin{};
    std::chrono::minutes day_end{};
    std::chrono::minutes zone{};  // East of UTC.
    double night_share = 1;       // Of the messages that the day would see.
};

struct MessageTemplate {
    std::string name;
    MessageKind kind = MessageKind::kTelemetry;
    Envelope envelope = Envelope::kArray;
    std::vector<std::uint16_t> events;       // Indexes into PersonaTemplate::events.
    std::optional<Duration> every;           // Neither this nor a key: only what a load asks for.
    std::optional<std::uint16_t> every_key;  // Index into PersonaTemplate::desired.
    // After the start; left out: anywhere within the first period.
    std::optional<Duration> first_min;
    Duration first_max{};
    double jitter = 0;  // Of a period, later at most.
    std::optional<Rhythm> rhythm;
    std::string property_bag;        // After the message id: `&`-led, percent-encoded.
    std::size_t property_bytes = 0;  // What metering counts of it: names and values, decoded.
};

// What becomes of messages while there is no connection.
enum class Offline : std::uint8_t {
    kKeep,
    kNewest,  // The one under way gives way to the next.
    kNothing,
};

struct PersonaTemplate {
    std::string name;
    std::string description;
    std::string agent_version;  // `json-1.0`

    std::vector<DesiredKey> desired;
    bool value_objects = false;  // Each key holds an object `{"value": …}`.

    ReportForm report = ReportForm::kMirror;
    std::string state_key;
    std::string success;
    std::string failed;
    std::string invalid_key;
    Payload report_properties;  // A JSON object that every report holds, too; empty: none.

    bool flush_on_change = false;
    std::vector<EventTemplate> events;
    std::vector<MessageTemplate> messages;  // At least one.

    Offline offline = Offline::kKeep;
    Duration offline_at_most = Duration::max();
    std::uint64_t offline_bytes_max = 0;

    std::string source;     // The file's text, for results.
    std::string canonical;  // Without comments: what a plan's hash is made of.
};

// Whether a value of the key's type is within its range, or one of those listed.
[[nodiscard]] bool permits(const DesiredKey& key, const DesiredValue& value);

// The longest that one of its messages can get.
[[nodiscard]] std::size_t message_bytes_max(const PersonaTemplate& persona,
                                            const MessageTemplate& message);

}  // namespace twinstorm::agent
