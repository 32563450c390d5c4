// The annotations and properties a consumer sees, made from a compact record.
#include <string>
#include <utility>

#include "events/instant_text.h"
#include "events/record.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::events {

namespace {

namespace property = iothub::system_property;

// The parts of a record, in the order they lie in it.
struct Parts {
    RecordHead head;
    std::string_view device_id;
    std::string_view module_id;
    std::string_view generation_id;
    std::string_view operation;
    std::string_view bag;
    const std::byte* body = nullptr;
};

[[nodiscard]] Parts take_apart(const std::byte* record) {
    Parts parts;
    parts.head = head_of(record);
    const std::byte* at = record + sizeof(RecordHead);
    const auto take = [&at](std::size_t bytes) {
        const std::string_view text(reinterpret_cast<const char*>(at), bytes);
        at += bytes;
        return text;
    };
    parts.device_id = take(parts.head.device_bytes);
    parts.module_id = take(parts.head.module_bytes);
    parts.generation_id = take(parts.head.generation_bytes);
    parts.operation = take(parts.head.operation_bytes);
    parts.bag = take(parts.head.bag_bytes);
    parts.body = at;
    return parts;
}

[[nodiscard]] std::string auth_method(AuthScope scope, AuthType type) {
    static constexpr std::string_view kScopes[]{"hub", "device", "module"};
    static constexpr std::string_view kTypes[]{"", "sas", "symkey", "x509"};
    std::string text = R"({"scope":")";
    text += kScopes[static_cast<std::size_t>(scope)];
    text += R"(","type":")";
    text += kTypes[static_cast<std::size_t>(type)];
    text += type == AuthType::kX509 ? R"(","issuer":"external")" : R"(","issuer":"iothub")";
    text += R"(,"acceptingIpFilterRule":null})";
    return text;
}

void annotate(Event& event, std::string_view name, std::string_view text) {
    if (!text.empty()) {
        event.annotations.push_back({name, std::string(text)});
    }
}

void annotate_origin(Event& event, const Parts& parts) {
    event.annotations.push_back({"x-opt-sequence-number", event.sequence_number});
    event.annotations.push_back({"x-opt-offset", std::to_string(event.offset)});
    event.annotations.push_back({"x-opt-enqueued-time", event.enqueued});
    annotate(event, "x-opt-partition-key", parts.device_id);
    annotate(event, "iothub-connection-device-id", parts.device_id);
    annotate(event, "iothub-connection-module-id", parts.module_id);
    annotate(event, "iothub-connection-auth-generation-id", parts.generation_id);
    const auto type = static_cast<AuthType>(parts.head.auth_type);
    if (type != AuthType::kNone) {
        annotate(event, "iothub-connection-auth-method",
                 auth_method(static_cast<AuthScope>(parts.head.auth_scope), type));
    }
    event.annotations.push_back({"iothub-enqueuedtime", event.enqueued});
    annotate(event, "iothub-message-source", name(event.source));
}

void take_system_property(Event& event, const iothub::Property& given) {
    const std::string value = given.value.value_or("");
    const std::string_view key = given.key;
    if (key == property::kMessageId) {
        event.properties.message_id = value;
    } else if (key == property::kCorrelationId) {
        event.properties.correlation_id = value;
    } else if (key == property::kUserId) {
        event.properties.user_id = value;
    } else if (key == property::kTo) {
        event.properties.to = value;
    } else if (key == property::kContentType) {
        event.properties.content_type = value;
    } else if (key == property::kContentEncoding) {
        event.properties.content_encoding = value;
    } else if (key == property::kExpiry) {
        event.properties.expiry = parse_instant(value);
    } else if (key == property::kCreationTime) {
        annotate(event, "iothub-creation-time-utc", value);
    } else if (key == property::kInterfaceId) {
        annotate(event, "iothub-interface-id", value);
    } else if (key == property::kSchema) {
        annotate(event, "dt-dataschema", value);
    } else if (key == property::kSubject) {
        annotate(event, "dt-subject", value);
    }
}

// The hub checked the bag when it came; a bag that cannot be read gives no properties.
void take_bag(Event& event, std::string_view text) {
    auto bag = iothub::PropertyBag::parse(text);
    if (!bag) {
        return;
    }
    for (const iothub::Property& given : bag->properties()) {
        if (given.key.starts_with("$.")) {
            take_system_property(event, given);
        } else {
            event.application.push_back(given);
        }
    }
}

// Events of the hub itself describe themselves in JSON and name hub, identity and operation.
void describe_notification(Event& event, const Parts& parts, std::string_view hub_name) {
    event.properties.content_type = "application/json";
    event.properties.content_encoding = "utf-8";
    event.properties.user_id = std::string(hub_name);
    const auto add = [&event](std::string_view key, std::string_view value) {
        if (!value.empty()) {
            event.application.push_back({std::string(key), std::string(value)});
        }
    };
    add("hubName", hub_name);
    add("deviceId", parts.device_id);
    add("moduleId", parts.module_id);
    add("operationTimestamp", iothub::format_instant(event.enqueued));
    add("opType", parts.operation);
    add("iothub-message-schema", schema_name(event.source));
}

}  // namespace

Event expand(const std::byte* record, std::string_view hub_name) {
    const Parts parts = take_apart(record);
    Event event;
    event.sequence_number = parts.head.sequence_number;
    event.offset = parts.head.offset;
    event.enqueued = WallTime(Duration(parts.head.enqueued_ns));
    event.source = static_cast<Source>(parts.head.source);
    annotate_origin(event, parts);
    if (event.source != Source::kTelemetry) {
        describe_notification(event, parts, hub_name);
    }
    take_bag(event, parts.bag);
    event.body.assign(parts.body, parts.body + parts.head.body_bytes);
    return event;
}

}  // namespace twinstorm::events
