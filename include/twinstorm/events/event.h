// One event of the built-in endpoint: what is appended, and what a consumer reads.
//
// Arrival is a view of what came in, copied by Partition::append(). Event is that record expanded:
// every property, annotation and application property decoded, ready for any encoding.
// Units: sequence numbers count from 0 per partition; offsets are bytes into the partition's log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/iothub/property_bag.h"

namespace twinstorm::events {

enum class Source : std::uint8_t {
    kTelemetry,
    kTwinChange,
    kDeviceLifecycle,
    kDeviceConnectionState,
};
[[nodiscard]] std::string_view name(Source source);         // `twinChangeEvents`
[[nodiscard]] std::string_view schema_name(Source source);  // `twinChangeNotification`; or empty.

// How the sender proved who it is: `iothub-connection-auth-method`. kNone: nobody was connected.
enum class AuthScope : std::uint8_t { kHub, kDevice, kModule };
enum class AuthType : std::uint8_t { kNone, kSas, kSymkey, kX509 };

struct Origin {
    std::string_view device_id{};
    std::string_view module_id{};  // Empty for the device itself.
    std::string_view generation_id{};
    AuthScope auth_scope = AuthScope::kDevice;
    AuthType auth_type = AuthType::kNone;
};

struct Arrival {
    Source source = Source::kTelemetry;
    Origin origin{};
    // As it stands in the topic, still encoded. For other sources than telemetry: further
    // application properties, and `$.cid` for the correlation id; may be empty.
    std::string_view bag{};
    std::string_view operation{};  // `opType`; empty for telemetry.
    std::span<const std::byte> body{};
};

struct Properties {
    std::optional<std::string> message_id{};
    std::optional<std::string> correlation_id{};
    std::optional<std::string> user_id{};
    std::optional<std::string> to{};
    std::optional<std::string> content_type{};
    std::optional<std::string> content_encoding{};
    std::optional<WallTime> expiry{};
};

struct Annotation {
    std::string_view name{};  // Of static storage.
    std::variant<std::string, std::int64_t, WallTime> value{};
};

struct Event {
    std::int64_t sequence_number = 0;
    std::int64_t offset = 0;
    WallTime enqueued{};
    Source source = Source::kTelemetry;
    Properties properties{};
    std::vector<Annotation> annotations{};        // All: `x-opt-*`, `iothub-*`, `dt-*`.
    std::vector<iothub::Property> application{};  // A value may be missing: null on the wire.
    std::vector<std::byte> body{};
};

}  // namespace twinstorm::events
