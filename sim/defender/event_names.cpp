#include "twinstorm/defender/event_names.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "defender/flat_reader.h"
#include "defender/message_type.h"

namespace twinstorm::defender {
namespace {

namespace json = boost::json;

// The payload union of the public schema 2.3, its types from 1 on.
constexpr std::array<std::string_view, 7> kPayloads{"NetworkActivity",
                                                    "SystemInformation",
                                                    "ListeningPorts",
                                                    "Heartbeat",
                                                    "Baseline",
                                                    "Process",
                                                    "Log"};
constexpr unsigned kEventsField = 3;       // Of the message.
constexpr unsigned kPayloadTypeField = 3;  // Of an event.

class Counts {
public:
    void add(std::string_view name) {
        const bool told = !name.empty() && name.size() <= kEventNameBytesMax;
        auto found = std::ranges::find(counts_, told ? name : kOtherEvents, &EventCount::name);
        if (found == counts_.end()) {
            // The last place is for all that finds no place of its own.
            const bool room = told && counts_.size() + 1 < kEventNamesMax;
            found = room ? append(name) : others();
        }
        ++found->count;
    }
    [[nodiscard]] std::vector<EventCount> take() { return std::move(counts_); }

private:
    using Place = std::vector<EventCount>::iterator;

    Place append(std::string_view name) {
        counts_.push_back({std::string(name), 0});
        return counts_.end() - 1;
    }
    Place others() {
        const auto found = std::ranges::find(counts_, kOtherEvents, &EventCount::name);
        return found == counts_.end() ? append(kOtherEvents) : found;
    }

    std::vector<EventCount> counts_;
};

void count_json(std::string_view body, Counts& counts) {
    json::error_code error;
    const json::value message = json::parse({body.data(), body.size()}, error);
    const json::object* const envelope = error ? nullptr : message.if_object();
    const json::value* const events =
        envelope == nullptr ? nullptr : envelope->if_contains("Events");
    if (events == nullptr || !events->is_array()) {
        return;
    }
    for (const json::value& event : events->get_array()) {
        const json::object* const object = event.if_object();
        const json::value* const name = object == nullptr ? nullptr : object->if_contains("Name");
        const bool told = name != nullptr && name->is_string();
        counts.add(told ? std::string_view(name->get_string()) : std::string_view());
    }
}

std::string_view payload_name(const FlatReader& reader, const FlatReader::Table& event) {
    const std::uint32_t at = reader.field(event, kPayloadTypeField);
    if (at == 0 || !reader.holds(event, at, 1, 1)) {
        return {};
    }
    const unsigned type = reader.byte(at);
    return type >= 1 && type <= kPayloads.size() ? kPayloads[type - 1] : std::string_view();
}

void count_flat(std::string_view body, Counts& counts) {
    constexpr std::uint32_t kOffsetBytes = 4;
    FlatReader reader(body);
    const auto root = reader.root();
    const std::uint32_t at = root ? reader.field(*root, kEventsField) : 0;
    if (at == 0 || !reader.holds(*root, at, kOffsetBytes, kOffsetBytes)) {
        return;
    }
    const auto list = reader.follow(at);
    const auto events = list ? reader.vector(*list, kOffsetBytes) : std::nullopt;
    for (std::uint32_t i = 0; events && i < events->size; ++i) {
        const auto place = reader.follow(events->first + kOffsetBytes * i);
        const auto event = place ? reader.table(*place) : std::nullopt;
        if (!event) {
            return;  // Nothing behind it can be trusted.
        }
        counts.add(payload_name(reader, *event));
    }
}

}  // namespace

std::vector<EventCount> count_events(std::string_view body, std::string_view message_type) {
    Counts counts;
    const auto type =
        message_type.empty() ? std::optional(MessageType{}) : parse_message_type(message_type);
    if (type && type->encoding == MessageType::Encoding::kFlatBuffers) {
        count_flat(body, counts);
    } else if (type) {
        count_json(body, counts);
    }
    return counts.take();
}

}  // namespace twinstorm::defender
