// Schema 1.0 of security messages as tables: envelope, event, and the payload items of each event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace twinstorm::defender {

enum class Form : std::uint8_t {
    kText,
    kInteger,
    kBoolean,
    kGuid,
    kDateTime,
    kPort,
    kAddress,
    kDirection,
    kLoginResult,
    kAction,
    kBaselineResult,
    kBaselineSeverity,
    kLogSeverity,
    kErrorType,
    kQueue,
    kTextMap,
    kCategory,
    kEventType,
    kSchemaVersion,
    kPayloadVersion,
    kArray,
};

enum class Need : std::uint8_t {
    kRequired,
    kOptional,
    kRequiredWhenStrict,  // The docs' own example leaves it out.
    kShippedOnly,         // Only shipped agents send it.
};

struct Field {
    std::string_view name;
    Form form = Form::kText;
    Need need = Need::kRequired;
};

inline constexpr std::size_t kFieldsMax = 32;  // What one object's mask holds.

using Fields = std::span<const Field>;

struct EventRule {
    std::string_view name;
    std::string_view event_type;
    std::string_view category;
    Fields fields;
    // Agents send it aggregated, too: a category of their own, which the schema does not have.
    bool aggregated = false;
    // Another form of item, known by its first field, that shipped agents send.
    Fields shipped_fields{};
};

[[nodiscard]] Fields envelope_fields();
[[nodiscard]] Fields event_fields();
[[nodiscard]] const EventRule* find_event_rule(std::string_view name);  // None: not in the schema.

// The values of an enumerated form; empty for the others.
[[nodiscard]] std::span<const std::string_view> allowed_values(Form form);

}  // namespace twinstorm::defender
