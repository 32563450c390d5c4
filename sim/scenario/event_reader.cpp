#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "scenario/map_reader.h"
#include "scenario/message_reader.h"
#include "scenario/payload_reader.h"
#include "scenario/persona_keys.h"
#include "scenario/range_reader.h"
#include "scenario/value_reader.h"

namespace twinstorm::scenario {
namespace {

constexpr std::size_t kPeriodic = 1;  // Of the categories.

struct EventKind {
    std::string name;
    std::size_t category = 0;
    std::size_t type = 0;
};

bool is_empty_list(const Value& value) {
    return value.kind == Value::Kind::kList && value.items.empty();
}

// What stands between an event's times and its payload in schema 1.0.
std::string head_of(const EventKind& kind, bool is_empty) {
    return fmt::format(R"("Category":"{}","Name":"{}","EventType":"{}","IsEmpty":{},)"
                       R"("PayloadSchemaVersion":"1.0","Payload":)",
                       persona_choices("events{}.category").served[kind.category],
                       json_inside(kind.name), persona_choices("events{}.type").served[kind.type],
                       is_empty);
}

EventKind read_kind(const MapReader& map, const std::string& name, Mistakes& mistakes) {
    EventKind kind{name};
    if (const Value* const other = map.find("name")) {
        assign(kind.name, read_name(*other, mistakes));
    }
    if (const Value* const category = map.find("category")) {
        assign(kind.category,
               read_choice(*category, persona_choices("events{}.category"), mistakes));
    }
    if (const Value* const type = map.find("type")) {
        assign(kind.type, read_choice(*type, persona_choices("events{}.type"), mistakes));
    }
    return kind;
}

void read_event(const Value::Entry& entry, agent::PersonaTemplate& persona, Mistakes& mistakes) {
    const MapReader map(entry.value, persona_table("events{}"), mistakes);
    agent::EventTemplate& event = persona.events.emplace_back();
    event.name = entry.key;
    Value name;
    name.kind = Value::Kind::kScalar;
    name.place = entry.place;
    name.scalar = entry.key;
    (void)read_name(name, mistakes);
    if (!map.is_map()) {
        return;
    }
    if (const Value* const count = map.find("count")) {
        if (const auto range = read_count_range(*count, {0, kEventCountMax}, mistakes)) {
            event.count_min = static_cast<std::uint32_t>(range->min);
            event.count_max = static_cast<std::uint32_t>(range->max);
        }
    }
    const EventKind kind = read_kind(map, entry.key, mistakes);
    const Value* const payload = map.find("payload");
    if (payload == nullptr) {
        return;
    }
    event.payload = read_payload(*payload, persona.desired, mistakes);
    event.is_item = payload->kind != Value::Kind::kList;
    event.head = head_of(kind, is_empty_list(*payload));
    if (is_empty_list(*payload) && kind.category != kPeriodic) {
        mistakes.add(payload->place,
                     "an empty payload of a triggered event; expected at least one item, or "
                     "`category: Periodic`");
    }
}

}  // namespace

void read_events(const Value& value, agent::PersonaTemplate& persona, Mistakes& mistakes) {
    const std::size_t kinds = value.entries.size();
    if (value.kind != Value::Kind::kMap || kinds == 0 || kinds > agent::kTemplateEventsMax) {
        mistakes.add(value.place,
                     fmt::format("{} where events belong; expected a map of 1 to {} kinds",
                                 value.kind != Value::Kind::kMap ? describe(value)
                                 : kinds == 0                    ? "an empty map"
                                                                 : "a larger map",
                                 agent::kTemplateEventsMax));
        return;
    }
    for (const Value::Entry& entry : value.entries) {
        if (value.find(entry.key) == &entry.value) {
            read_event(entry, persona, mistakes);
        } else {
            mistakes.add(entry.place,
                         fmt::format("key `{}` is written twice; expected it once", entry.key));
        }
    }
}

}  // namespace twinstorm::scenario
