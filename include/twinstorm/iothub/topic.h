// The fixed MQTT topics of an IoT Hub, both directions: made and taken apart in one place.
//
// Views: a parsed topic's texts point into the topic given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "twinstorm/base/error.h"
#include "twinstorm/iothub/identity.h"

namespace twinstorm::iothub {

namespace filter {
inline constexpr std::string_view kTwinResponses = "$iothub/twin/res/#";
inline constexpr std::string_view kDesiredChanges = "$iothub/twin/PATCH/properties/desired/#";
inline constexpr std::string_view kMethods = "$iothub/methods/POST/#";
}  // namespace filter

// What a client publishes.
struct TelemetryTopic {
    std::string_view device_id;
    std::string_view module_id;
    std::string_view bag;  // Still encoded.
};
struct TwinGetTopic {
    std::string_view request_id;
};
struct ReportedPatchTopic {
    std::string_view request_id;
};
struct MethodResponseTopic {
    std::string_view status;
    std::string_view request_id;
};
struct CertificateRequestTopic {
    std::string_view request_id;
};

using PublishTopic = std::variant<TelemetryTopic, TwinGetTopic, ReportedPatchTopic,
                                  MethodResponseTopic, CertificateRequestTopic>;

// None: a topic that no hub knows, or a request without `$rid`; the connection is to be dropped.
[[nodiscard]] std::optional<PublishTopic> parse_publish_topic(std::string_view topic);

// What a client subscribes to.
enum class Subscribable : std::uint8_t {
    kTwinResponses,
    kDesiredChanges,
    kMethods,
    kCloudToDevice,
    kModuleInputs,
};
// None: a filter that this identity may not have.
[[nodiscard]] std::optional<Subscribable> parse_filter(std::string_view filter,
                                                       const IdentityName& identity);

// What the hub publishes.
struct TwinResponseTopic {
    int status = 0;
    std::string_view request_id;
    std::optional<std::int64_t> version;  // Of the reported section, in the answer to a PATCH.
};
struct DesiredChangeTopic {
    std::int64_t version = 0;
};
using NoticeTopic = std::variant<TwinResponseTopic, DesiredChangeTopic>;
// None: not a topic of the twin; methods and cloud-to-device messages are not parsed here.
[[nodiscard]] std::optional<NoticeTopic> parse_notice_topic(std::string_view topic);

[[nodiscard]] std::string telemetry_topic(const IdentityName& identity, std::string_view bag);
[[nodiscard]] std::string twin_get_topic(std::string_view request_id);
[[nodiscard]] std::string reported_patch_topic(std::string_view request_id);
[[nodiscard]] std::string twin_response_topic(const TwinResponseTopic& topic);
[[nodiscard]] std::string desired_change_topic(std::int64_t version);

}  // namespace twinstorm::iothub
