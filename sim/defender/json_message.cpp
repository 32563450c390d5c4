#include "defender/json_message.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include "defender/json_acceptor.h"
#include "defender/json_schema.h"
#include "defender/json_value.h"

namespace twinstorm::defender {
namespace {

namespace json = boost::json;

// Documents of bodies up to about 4 KB fit; larger ones take more from the heap, and give it back.
constexpr std::size_t kDocumentBytes = std::size_t{24} * 1024;
constexpr std::size_t kScratchBytes = std::size_t{4} * 1024;

bool is_integer(const json::value& value) {
    return value.is_int64() || value.is_uint64();
}

Reason reason_of(Form form) {
    switch (form) {
        case Form::kGuid:
            return Reason::kIdForm;
        case Form::kDateTime:
            return Reason::kTimestampForm;
        case Form::kPort:
            return Reason::kPortForm;
        case Form::kAddress:
            return Reason::kAddressForm;
        case Form::kCategory:
            return Reason::kCategory;
        case Form::kEventType:
            return Reason::kEventType;
        case Form::kSchemaVersion:
            return Reason::kSchemaVersion;
        case Form::kPayloadVersion:
            return Reason::kPayloadVersion;
        default:
            return Reason::kValue;
    }
}

class Checker {
public:
    explicit Checker(Mode mode) : shipped_(mode == Mode::kAsShipped) {}

    [[nodiscard]] Flaw check(const json::value& message) const {
        if (!message.is_object()) {
            return flaw(Reason::kWrongType);
        }
        if (auto found = check_fields(message.get_object(), envelope_fields())) {
            return found;
        }
        const json::array& events = message.get_object().find("Events")->value().get_array();
        if (events.empty()) {
            return flaw(Reason::kEmptiness, "Events");
        }
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (auto found = check_event(events[i])) {
                return within("Events", i, std::move(found));
            }
        }
        return {};
    }

private:
    [[nodiscard]] Flaw check_event(const json::value& value) const;
    [[nodiscard]] Flaw check_kind(const json::object& event, const EventRule& rule) const;
    [[nodiscard]] Flaw check_item(const json::value& value, const EventRule& rule) const;
    [[nodiscard]] Flaw check_fields(const json::object& object, Fields fields) const;
    [[nodiscard]] Flaw check_value(const json::value& value, const Field& field) const;
    [[nodiscard]] Flaw check_text_map(const json::value& value, std::string_view name) const;

    bool shipped_;
};

std::string_view text_at(const json::object& object, std::string_view key) {
    return object.find(key)->value().get_string();
}

// Its fields are known to be there and of their types.
Flaw Checker::check_event(const json::value& value) const {
    if (!value.is_object()) {
        return flaw(Reason::kWrongType);
    }
    const json::object& event = value.get_object();
    if (auto found = check_fields(event, event_fields())) {
        return found;
    }
    const EventRule* const rule = find_event_rule(text_at(event, "Name"));
    if (rule == nullptr) {
        return flaw(Reason::kUnknownEvent, "Name", text_at(event, "Name"));
    }
    if (auto found = check_kind(event, *rule)) {
        return found;
    }
    const json::array& payload = event.find("Payload")->value().get_array();
    for (std::size_t i = 0; i < payload.size(); ++i) {
        if (auto found = check_item(payload[i], *rule)) {
            return within("Payload", i, std::move(found));
        }
    }
    return {};
}

// A triggered event is never empty; only a periodic one that says so may have no payload.
Flaw Checker::check_kind(const json::object& event, const EventRule& rule) const {
    const std::string_view event_type = text_at(event, "EventType");
    if (event_type != rule.event_type) {
        return flaw(Reason::kEventType, "EventType", event_type);
    }
    const std::string_view category = text_at(event, "Category");
    const bool aggregated = shipped_ && rule.aggregated && category == kAggregated;
    if (category != rule.category && !aggregated) {
        return flaw(Reason::kCategory, "Category", category);
    }
    const bool is_empty = event.find("IsEmpty")->value().get_bool();
    if (rule.category == "Triggered" && is_empty) {
        return flaw(Reason::kEmptiness, "IsEmpty");
    }
    if (event.find("Payload")->value().get_array().empty() && !is_empty) {
        return flaw(Reason::kEmptiness, "Payload");
    }
    return {};
}

Flaw Checker::check_item(const json::value& value, const EventRule& rule) const {
    if (!value.is_object()) {
        return flaw(Reason::kWrongType);
    }
    const json::object& item = value.get_object();
    const bool shipped_form =
        shipped_ && !rule.shipped_fields.empty() && item.contains(rule.shipped_fields.front().name);
    if (auto found = check_fields(item, shipped_form ? rule.shipped_fields : rule.fields)) {
        return found;
    }
    if (rule.name == "Login" && !item.contains("UserId") && !item.contains("UserName")) {
        return flaw(Reason::kMissingMember, "UserId");  // Or UserName: at least one.
    }
    return {};
}

// Every field that is there has its form, every required one is there, and there is no other.
// Senders mostly keep the schema's order, so the search begins behind the field found last.
Flaw Checker::check_fields(const json::object& object, Fields fields) const {
    std::uint32_t seen = 0;
    std::size_t next = 0;
    for (const auto& [key, value] : object) {
        std::size_t tried = 0;
        while (tried < fields.size() && fields[next].name != std::string_view(key)) {
            next = next + 1 == fields.size() ? 0 : next + 1;
            ++tried;
        }
        const Field& field = fields[next];
        if (tried == fields.size() || (field.need == Need::kShippedOnly && !shipped_)) {
            return flaw(Reason::kUnknownMember, {}, key);
        }
        if (auto found = check_value(value, field)) {
            return found;
        }
        seen |= std::uint32_t{1} << next;
        next = next + 1 == fields.size() ? 0 : next + 1;
    }
    const std::uint32_t missing = required(fields, shipped_) & ~seen;
    if (missing != 0) {
        return flaw(Reason::kMissingMember,
                    fields[static_cast<std::size_t>(std::countr_zero(missing))].name);
    }
    return {};
}

Flaw Checker::check_value(const json::value& value, const Field& field) const {
    const auto typed = [&field](bool right) {
        return right ? Flaw{} : flaw(Reason::kWrongType, field.name);
    };
    switch (field.form) {
        case Form::kInteger:
            return typed(is_integer(value));
        case Form::kBoolean:
            return typed(value.is_bool());
        case Form::kArray:
            return typed(value.is_array());
        case Form::kTextMap:
            return check_text_map(value, field.name);
        default:
            break;
    }
    // The C agent says 0 for the port of an aggregated inbound connection, as a number.
    if (shipped_ && field.form == Form::kPort && value.is_int64()) {
        const std::int64_t port = value.get_int64();
        return port >= 0 && port <= kPortMax ? Flaw{} : flaw(Reason::kPortForm, field.name);
    }
    if (!value.is_string()) {
        return flaw(Reason::kWrongType, field.name);
    }
    const std::string_view text = value.get_string();
    return has_text_form(text, field.form, shipped_)
               ? Flaw{}
               : flaw(reason_of(field.form), field.name, text);
}

// Details are texts; the C agent sends HitCount as a number.
Flaw Checker::check_text_map(const json::value& value, std::string_view name) const {
    if (!value.is_object()) {
        return flaw(Reason::kWrongType, name);
    }
    for (const auto& [key, detail] : value.get_object()) {
        if (!detail.is_string() && !(shipped_ && is_integer(detail))) {
            return flaw(Reason::kWrongType, name, key);
        }
    }
    return {};
}

}  // namespace

Flaw check_json_message(std::string_view body, Mode mode) {
    return is_plainly_right(body, mode) ? Flaw{} : find_flaw(body, mode);
}

Flaw find_flaw(std::string_view body, Mode mode) {
    std::array<unsigned char, kDocumentBytes> document;  // Not cleared: only what is used counts.
    std::array<unsigned char, kScratchBytes> scratch;
    json::monotonic_resource storage(document.data(), document.size());
    json::parser parser(json::storage_ptr(), json::parse_options{}, scratch.data(), scratch.size());
    parser.reset(&storage);
    json::error_code error;
    parser.write(body.data(), body.size(), error);
    if (error) {
        return flaw(Reason::kNotJson, {}, error.message());
    }
    return Checker(mode).check(parser.release());
}

}  // namespace twinstorm::defender
