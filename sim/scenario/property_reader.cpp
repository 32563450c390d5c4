#include "scenario/property_reader.h"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "scenario/value_reader.h"
#include "twinstorm/iothub/property_bag.h"

namespace twinstorm::scenario {
namespace {

namespace system_property = iothub::system_property;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kUtf8 = "utf-8";

void check_length(const Place& place, std::string_view text, Mistakes& mistakes) {
    if (text.size() > kPropertyBytesMax) {
        mistakes.add(place, fmt::format("a property of {} bytes; expected at most {}", text.size(),
                                        kPropertyBytesMax));
    }
}

void read_system_property(const Value* value, std::string_view name, std::string_view usual,
                          iothub::PropertyBag& bag, Mistakes& mistakes) {
    std::string text(usual);
    if (value != nullptr) {
        assign(text, read_text(*value, mistakes));
        check_length(value->place, text, mistakes);
    }
    if (!text.empty()) {
        bag.set(name, text);
    }
}

void read_own_property(const Value::Entry& entry, bool is_first, iothub::PropertyBag& bag,
                       Mistakes& mistakes) {
    const auto text = read_text(entry.value, mistakes);
    check_length(entry.place, entry.key, mistakes);
    check_length(entry.value.place, text.value_or(std::string()), mistakes);
    if (entry.key.empty() || entry.key.starts_with('$')) {
        mistakes.add(entry.place, fmt::format("`{}` is no name of an own property; expected one "
                                              "without `$` before it",
                                              entry.key));
    } else if (!is_first) {
        mistakes.add(entry.place,
                     fmt::format("key `{}` is written twice; expected it once", entry.key));
    } else if (text) {
        bag.set(entry.key, *text);
    }
}

void read_own_properties(const Value& value, iothub::PropertyBag& bag, Mistakes& mistakes) {
    const bool is_map = value.kind == Value::Kind::kMap;
    if (!is_map || value.entries.size() > kPropertiesMax) {
        mistakes.add(value.place,
                     fmt::format("{} where properties belong; expected a map of up to {} texts",
                                 is_map ? "a larger map" : describe(value), kPropertiesMax));
        return;
    }
    for (const Value::Entry& entry : value.entries) {
        read_own_property(entry, value.find(entry.key) == &entry.value, bag, mistakes);
    }
}

}  // namespace

void read_properties(const MapReader& map, agent::MessageTemplate& message, Mistakes& mistakes) {
    const bool telemetry = message.kind == agent::MessageKind::kTelemetry;
    iothub::PropertyBag bag;
    // Routes look into a body only when they are told what it is.
    read_system_property(map.find("content_type"), system_property::kContentType,
                         telemetry ? kJson : std::string_view(), bag, mistakes);
    read_system_property(map.find("content_encoding"), system_property::kContentEncoding,
                         telemetry ? kUtf8 : std::string_view(), bag, mistakes);
    if (!telemetry) {
        bag.set(system_property::kInterfaceId, iothub::kSecurityInterfaceId);
    }
    if (const Value* const properties = map.find("properties")) {
        read_own_properties(*properties, bag, mistakes);
    }
    message.property_bag = bag.properties().empty() ? std::string() : "&" + bag.format();
    message.property_bytes = bag.metered_bytes();
}

}  // namespace twinstorm::scenario
