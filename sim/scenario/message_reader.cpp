#include "scenario/message_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "scenario/desired_reader.h"
#include "scenario/list_reader.h"
#include "scenario/persona_keys.h"
#include "scenario/property_reader.h"
#include "scenario/range_reader.h"
#include "scenario/value_reader.h"
#include "twinstorm/base/units.h"
#include "twinstorm/plan/nearest_name.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using agent::Envelope;
using agent::MessageKind;
using agent::MessageTemplate;

constexpr DurationRange kPeriods{kPeriodMin, 366 * 24h, "100ms to 366d"};
constexpr DurationRange kFirsts{0s, 366 * 24h, "0s to 366d"};
constexpr std::string_view kByKey = "desired:";

// `0%` is a share here.
std::optional<double> read_any_share(const Value& value, Mistakes& mistakes) {
    const std::optional<std::string> text = read_text(value, mistakes);
    if (!text) {
        return std::nullopt;
    }
    Result<double> share = parse_share(*text);
    if (!share) {
        mistakes.add(value.place, std::move(share.error().detail));
        return std::nullopt;
    }
    return *share;
}

// Whether schema 1.0 has a place for it: an item, or a list of them.
bool is_item_or_items(const Value& payload) {
    return payload.kind == Value::Kind::kMap ||
           (payload.kind == Value::Kind::kList &&
            std::all_of(payload.items.begin(), payload.items.end(),
                        [](const Value& item) { return item.kind == Value::Kind::kMap; }));
}

class MessageReader {
public:
    MessageReader(const Value* events, agent::PersonaTemplate& persona, Mistakes& mistakes)
        : events_(events), persona_(persona), mistakes_(mistakes) {}

    void read(const Value& value) {
        const MapReader map(value, persona_table("messages[]"), mistakes_);
        if (!map.is_map()) {
            return;
        }
        MessageTemplate message;
        read_message_name(map, message);
        read_how(map, message);
        read_its_events(map, message);
        read_every(map, message);
        read_spread(map, message);
        read_rhythm(map, message);
        read_properties(map, message, mistakes_);
        const std::size_t bytes = message_bytes_max(persona_, message);
        if (bytes > agent::kTemplateMessageBytesMax) {
            mistakes_.add(map.place(), fmt::format("a message of up to {} bytes; expected at most "
                                                   "{}, with fewer or smaller events",
                                                   bytes, agent::kTemplateMessageBytesMax));
        }
        persona_.messages.push_back(std::move(message));
    }

private:
    void read_message_name(const MapReader& map, MessageTemplate& message) {
        const Value* const name = map.find("name");
        if (name == nullptr) {
            return;
        }
        assign(message.name, read_name(*name, mistakes_));
        const bool taken = std::any_of(
            persona_.messages.begin(), persona_.messages.end(), [&](const MessageTemplate& other) {
                return !message.name.empty() && other.name == message.name;
            });
        if (taken) {
            mistakes_.add(name->place, fmt::format("message `{}` is there twice; expected another "
                                                   "name",
                                                   message.name));
        }
    }

    void read_how(const MapReader& map, MessageTemplate& message) {
        if (const Value* const kind = map.find("kind")) {
            assign(message.kind, read_choice(*kind, persona_choices("messages[].kind"), mistakes_));
        }
        if (message.kind == MessageKind::kSecurity) {
            message.envelope = Envelope::kSecurityJson;
        }
        if (const Value* const envelope = map.find("envelope")) {
            assign(message.envelope,
                   read_choice(*envelope, persona_choices("messages[].envelope"), mistakes_));
        }
    }

    void read_its_events(const MapReader& map, MessageTemplate& message) {
        const Value* const list = map.find("events");
        if (list == nullptr) {
            return;
        }
        for (const Value& item :
             read_list(*list, {"kinds of events", agent::kTemplateEventsMax}, mistakes_)) {
            const auto name = read_text(item, mistakes_);
            const auto index = name ? find_event(*name, item.place) : std::nullopt;
            if (index) {
                message.events.push_back(*index);
                check_envelope(message, *name, item.place);
            }
        }
    }

    std::optional<std::uint16_t> find_event(const std::string& name, const Place& place) {
        std::vector<std::string_view> names;
        for (std::size_t i = 0; i < persona_.events.size(); ++i) {
            if (persona_.events[i].name == name) {
                return static_cast<std::uint16_t>(i);
            }
            names.emplace_back(persona_.events[i].name);
        }
        mistakes_.add(place,
                      fmt::format("unknown event `{}`; {}", name, plan::suggest(name, names)));
        return std::nullopt;
    }

    void check_envelope(const MessageTemplate& message, const std::string& name,
                        const Place& place) {
        const Value* const event = events_ == nullptr ? nullptr : events_->find(name);
        const Value* const payload = event == nullptr ? nullptr : event->find("payload");
        if (message.envelope == Envelope::kSecurityJson && payload != nullptr &&
            !is_item_or_items(*payload)) {
            mistakes_.add(place, fmt::format("the payload of `{}` is neither a map nor a list of "
                                             "maps; expected one of them in `json-1.0`",
                                             name));
        }
    }

    void read_every(const MapReader& map, MessageTemplate& message) {
        const Value* const every = map.find("every");
        if (every == nullptr) {
            return;
        }
        if (!every->scalar.starts_with(kByKey)) {
            assign(message.every, read_duration(*every, kPeriods, mistakes_));
            return;
        }
        const std::string_view name = std::string_view(every->scalar).substr(kByKey.size());
        message.every_key = find_desired(persona_.desired, name);
        if (!message.every_key) {
            mistakes_.add(every->place, fmt::format("unknown desired key `{}`; {}", name,
                                                    suggest_desired(persona_.desired, name)));
            return;
        }
        const agent::DesiredKey& key = persona_.desired[*message.every_key];
        if (key.type != agent::DesiredType::kDuration || Duration(key.min) < kPeriodMin) {
            mistakes_.add(every->place, fmt::format("desired key `{}` does not say how often; "
                                                    "expected a duration with a `min` of at least "
                                                    "100ms",
                                                    name));
        }
    }

    void read_spread(const MapReader& map, MessageTemplate& message) {
        const Value* const first = map.find("first");
        const Value* const jitter = map.find("jitter");
        for (const Value* const value : {first, jitter, map.find("rhythm")}) {
            if (value != nullptr && !map.has("every")) {
                mistakes_.add(value->place,
                              "no schedule that this could belong to; expected "
                              "`every` beside it");
            }
        }
        if (first != nullptr) {
            if (const auto range = read_duration_range(*first, kFirsts, mistakes_)) {
                message.first_min = range->min;
                message.first_max = range->max;
            }
        }
        if (jitter != nullptr) {
            assign(message.jitter, read_any_share(*jitter, mistakes_));
        }
    }

    void read_rhythm(const MapReader& map, MessageTemplate& message) {
        const Value* const value = map.find("rhythm");
        if (value == nullptr) {
            return;
        }
        const MapReader rhythm(*value, persona_table("messages[].rhythm"), mistakes_);
        if (!rhythm.is_map()) {
            return;
        }
        agent::Rhythm& target = message.rhythm.emplace();
        if (const Value* const day = rhythm.find("day")) {
            if (const auto range = read_day(*day, mistakes_)) {
                target.day_begin = range->min;
                target.day_end = range->max;
            }
        }
        if (const Value* const night = rhythm.find("night")) {
            assign(target.night_share, read_any_share(*night, mistakes_));
        }
        if (const Value* const zone = rhythm.find("zone")) {
            assign(target.zone, read_zone(*zone, mistakes_));
        }
    }

    const Value* events_;
    agent::PersonaTemplate& persona_;
    Mistakes& mistakes_;
};

}  // namespace

void read_messages(const Value& value, const Value* events, agent::PersonaTemplate& persona,
                   Mistakes& mistakes) {
    for (const Value& item :
         read_list(value, {"messages", agent::kTemplateMessagesMax}, mistakes)) {
        MessageReader(events, persona, mistakes).read(item);
    }
}

}  // namespace twinstorm::scenario
