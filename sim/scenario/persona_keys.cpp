#include "scenario/persona_keys.h"

#include <algorithm>
#include <array>

#include "twinstorm/base/check.h"

namespace twinstorm::scenario {
namespace {

constexpr bool kRequired = true;

constexpr std::array kTop{Key{"persona", kRequired},
                          Key{"description"},
                          Key{"module_id"},
                          Key{"twin"},
                          Key{"agent_version"},
                          Key{"value_objects"},
                          Key{"desired"},
                          Key{"reported"},
                          Key{"on_change"},
                          Key{"events", kRequired},
                          Key{"messages", kRequired},
                          Key{"offline"},
                          Key{"connection"}};
constexpr std::array kDesired{
    Key{"type", kRequired}, Key{"form"}, Key{"default", kRequired}, Key{"min"}, Key{"max"},
    Key{"values"}};
constexpr std::array kReported{Key{"form"},      Key{"state_key"},   Key{"success"},
                               Key{"failed"},    Key{"invalid_key"}, Key{"invalid_as"},
                               Key{"properties"}};
constexpr std::array kOnChange{Key{"flush"}, Key{"unknown_keys"}, Key{"beside_invalid"},
                               Key{"absent_keys"}};
constexpr std::array kEvent{Key{"payload", kRequired}, Key{"count"}, Key{"name"}, Key{"category"},
                            Key{"type"}};
constexpr std::array kMessage{Key{"name", kRequired},
                              Key{"events", kRequired},
                              Key{"kind"},
                              Key{"envelope"},
                              Key{"every"},
                              Key{"first"},
                              Key{"jitter"},
                              Key{"rhythm"},
                              Key{"properties"},
                              Key{"content_type"},
                              Key{"content_encoding"}};
constexpr std::array kRhythm{Key{"day", kRequired}, Key{"night", kRequired}, Key{"zone"}};
constexpr std::array kOffline{Key{"messages"}, Key{"at_most"}, Key{"bytes_max"}};
constexpr std::array kConnection{Key{"sas_lifetime"}, Key{"renew_at"},      Key{"keep_alive"},
                                 Key{"retry_first"},  Key{"retry_max"},     Key{"retry_jitter"},
                                 Key{"restarts"},     Key{"restart_after"}, Key{"twin_wait"}};

constexpr std::array kTables{KeyTable{"", kTop},
                             KeyTable{"desired{}", kDesired},
                             KeyTable{"reported", kReported},
                             KeyTable{"on_change", kOnChange},
                             KeyTable{"events{}", kEvent},
                             KeyTable{"messages[]", kMessage},
                             KeyTable{"messages[].rhythm", kRhythm},
                             KeyTable{"offline", kOffline},
                             KeyTable{"connection", kConnection}};

using Words = std::string_view;
// In the order of the enumerations in agent/persona_template.h, agent/persona.h and agent/batch.h.
constexpr std::array<Words, 7> kTypes{"boolean",  "integer", "number", "string",
                                      "duration", "enum",    "list"};
constexpr std::array<Words, 7> kForms{"milliseconds", "seconds", "minutes", "hours",
                                      "iso8601",      "array",   "text"};
constexpr std::array<Words, 3> kReports{"mirror", "state", "none"};
constexpr std::array<Words, 2> kInvalidAs{"list", "text"};
constexpr std::array<Words, 2> kUnknownKeys{"ignored", "invalid"};
constexpr std::array<Words, 2> kBesideInvalid{"applied", "rejected"};
constexpr std::array<Words, 2> kAbsentKeys{"kept", "default"};
constexpr std::array<Words, 2> kCategories{"Triggered", "Periodic"};
constexpr std::array<Words, 3> kEventTypes{"Security", "Operational", "Diagnostic"};
constexpr std::array<Words, 2> kKinds{"security", "telemetry"};
constexpr std::array<Words, 3> kEnvelopes{"single", "array", "json-1.0"};
constexpr std::array<Words, 3> kOfflines{"keep", "newest", "nothing"};
constexpr std::span<const Words> kNothing;

constexpr std::array kChoices{
    Choices{"desired{}.type", "type", kTypes, kNothing},
    Choices{"desired{}.form", "form", kForms, kNothing},
    Choices{"reported.form", "form of a report", kReports, kNothing},
    Choices{"reported.invalid_as", "form of invalid keys", kInvalidAs, kNothing},
    Choices{"on_change.unknown_keys", "way with unknown keys", kUnknownKeys, kNothing},
    Choices{"on_change.beside_invalid", "way with valid keys", kBesideInvalid, kNothing},
    Choices{"on_change.absent_keys", "way with absent keys", kAbsentKeys, kNothing},
    Choices{"events{}.category", "category", kCategories, kNothing},
    Choices{"events{}.type", "type of event", kEventTypes, kNothing},
    Choices{"messages[].kind", "kind of message", kKinds, kNothing},
    Choices{"messages[].envelope", "envelope", kEnvelopes, kNothing},
    Choices{"offline.messages", "way with messages", kOfflines, kNothing}};

constexpr std::array<Words, 11> kPlaceholders{"device_id", "time",    "unix",   "sequence",
                                              "uuid",      "integer", "number", "boolean",
                                              "choice",    "walk",    "desired"};

}  // namespace

std::span<const KeyTable> persona_key_tables() {
    return kTables;
}

const KeyTable& persona_table(std::string_view path) {
    const auto* const found = std::find_if(
        kTables.begin(), kTables.end(), [&](const KeyTable& known) { return known.path == path; });
    TWINSTORM_CHECK(found != kTables.end());
    return *found;
}

std::span<const Choices> persona_choice_tables() {
    return kChoices;
}

const Choices& persona_choices(std::string_view path) {
    const auto* const found = std::find_if(
        kChoices.begin(), kChoices.end(), [&](const Choices& known) { return known.path == path; });
    TWINSTORM_CHECK(found != kChoices.end());
    return *found;
}

std::span<const std::string_view> placeholder_names() {
    return kPlaceholders;
}

}  // namespace twinstorm::scenario
