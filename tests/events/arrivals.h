// Short ways to write arrivals and to look into events.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "twinstorm/events/event.h"

namespace twinstorm::events {

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

[[nodiscard]] inline std::string text_of(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Arrival telemetry(std::string_view body, std::string_view bag = {}) {
    return {.source = Source::kTelemetry,
            .origin = {.device_id = "gw-1", .generation_id = "638", .auth_type = AuthType::kSas},
            .bag = bag,
            .body = bytes_of(body)};
}

// None when the event has no such annotation, or not of this type.
template <class T>
[[nodiscard]] std::optional<T> annotation(const Event& event, std::string_view name) {
    for (const Annotation& each : event.annotations) {
        if (each.name == name && std::holds_alternative<T>(each.value)) {
            return std::get<T>(each.value);
        }
    }
    return std::nullopt;
}

[[nodiscard]] inline std::optional<std::string> application(const Event& event,
                                                            std::string_view key) {
    for (const iothub::Property& each : event.application) {
        if (each.key == key) {
            return each.value;
        }
    }
    return std::nullopt;
}

}  // namespace twinstorm::events
