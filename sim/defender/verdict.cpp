#include "defender/verdict.h"

#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "twinstorm/base/check.h"

namespace twinstorm::defender {
namespace {

struct Words {
    Reason reason;
    std::string_view name;
    std::string_view sentence;
};

constexpr std::array<Words, kReasonCount> kWords{{
    {Reason::kAccepted, "accepted", "The message is processed."},
    {Reason::kTooLarge, "too-large", "The message is larger than a hub takes."},
    {Reason::kMessageType, "message-type", "The property mti is of no known form."},
    {Reason::kNotJson, "not-json", "The body is not JSON."},
    {Reason::kNotFlatBuffers, "not-flatbuffers", "The body is no FlatBuffers message."},
    {Reason::kSchemaVersion, "schema-version", "No such version of the schema is processed."},
    {Reason::kPayloadVersion, "payload-version", "No such version of a payload is processed."},
    {Reason::kMissingMember, "missing-member", "A required member is missing."},
    {Reason::kUnknownMember, "unknown-member", "The schema allows no such member."},
    {Reason::kWrongType, "wrong-type", "A value is of the wrong type."},
    {Reason::kUnknownEvent, "unknown-event", "The schema has no event of this name."},
    {Reason::kEventType, "event-type", "The event's name does not go with its type."},
    {Reason::kCategory, "category", "The event's name does not go with its category."},
    {Reason::kEmptiness, "emptiness", "Something is empty that may not be."},
    {Reason::kIdForm, "id-form", "An id is no GUID."},
    {Reason::kTimestampForm, "timestamp-form", "A time is not in the form of RFC 3339."},
    {Reason::kPortForm, "port-form", "A port is no number, range or list of them."},
    {Reason::kAddressForm, "address-form", "An address is neither IPv4 nor IPv6."},
    {Reason::kValue, "value", "A value is none of those that the schema lists."},
}};

const Words& words(Reason reason) {
    const Words& found = kWords[static_cast<std::size_t>(reason)];
    TWINSTORM_CHECK(found.reason == reason);
    return found;
}

Flaw moved(std::string outer, Flaw inner) {
    if (!inner->where.empty()) {
        outer += '.';
        outer += inner->where;
    }
    inner->where = std::move(outer);
    return inner;
}

}  // namespace

std::string_view name(Reason reason) {
    return words(reason).name;
}

std::string_view describe(Reason reason) {
    return words(reason).sentence;
}

Flaw flaw(Reason reason, std::string_view where, std::string_view found) {
    const bool cut = found.size() > kDetailBytesMax;
    std::string detail(found.substr(0, kDetailBytesMax));
    for (char& character : detail) {
        if (character < ' ' || character > '~') {
            character = '?';
        }
    }
    if (cut) {
        detail += "...";
    }
    return Verdict{reason, std::string(where), std::move(detail)};
}

Flaw within(std::string_view outer, Flaw inner) {
    return inner ? moved(std::string(outer), std::move(inner)) : std::move(inner);
}

Flaw within(std::string_view outer, std::size_t index, Flaw inner) {
    return inner ? moved(fmt::format("{}[{}]", outer, index), std::move(inner)) : std::move(inner);
}

}  // namespace twinstorm::defender
