// The fixed MQTT topics of an IoT Hub, both directions: made and taken apart in one place.
//
// Views: a parsed topic's texts point into the topic given.
#pragma once

#include <cstddef>
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
    std::int64_t status = 0;  // The device chooses it: any integer.
    std::string_view request_id;
};
struct CertificateRequestTopic {
    std::string_view request_id;
};

using PublishTopic = std::variant<TelemetryTopic, TwinGetTopic, ReportedPatchTopic,
                                  MethodResponseTopic, CertificateRequestTopic>;

// None: a topic that no hub knows, or a request without `$rid`; the connection is to be dropped.
[[nodiscard]] std::optional<PublishTopic> parse_publish_topic(std::string_view topic);

// What a client subscribes to, one for each filter that a hub accepts.
enum class Subscribable : std::uint8_t {
    kTwinResponses,
    kDesiredChanges,
    kMethods,
    kCloudToDevice,
    kModuleInputs,    // `inputs/#`, as the Node SDK says it.
    kModuleMessages,  // `#` below the module: the same messages, as documented.
};
inline constexpr std::size_t kSubscribables = 6;
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
// None: not a topic of the twin; see parse_delivery_topic() for all else.
[[nodiscard]] std::optional<NoticeTopic> parse_notice_topic(std::string_view topic);

struct MethodCallTopic {
    std::string_view method;
    std::string_view request_id;  // To be echoed untouched.
};
struct CloudMessageTopic {
    std::string_view device_id;
    std::string_view bag;  // Still encoded.
};
struct ModuleInputTopic {
    std::string_view device_id;
    std::string_view module_id;
    std::string_view input;
    std::string_view bag;  // Still encoded.
};
using DeliveryTopic = std::variant<MethodCallTopic, CloudMessageTopic, ModuleInputTopic>;
// None: neither a method call nor a message from the cloud.
[[nodiscard]] std::optional<DeliveryTopic> parse_delivery_topic(std::string_view topic);

// A name that makes a topic of its own and one segment of it: not empty, no `/`, no wildcards, no
// control characters, at most kMethodNameBytesMax.
inline constexpr std::size_t kMethodNameBytesMax = 1024;  // Ours.
[[nodiscard]] bool is_valid_method_name(std::string_view name);

[[nodiscard]] std::string telemetry_topic(const IdentityName& identity, std::string_view bag);
[[nodiscard]] std::string twin_get_topic(std::string_view request_id);
[[nodiscard]] std::string reported_patch_topic(std::string_view request_id);
[[nodiscard]] std::string method_response_topic(std::int64_t status, std::string_view request_id);
[[nodiscard]] std::string twin_response_topic(const TwinResponseTopic& topic);
[[nodiscard]] std::string desired_change_topic(std::int64_t version);
[[nodiscard]] std::string method_call_topic(const MethodCallTopic& topic);
[[nodiscard]] std::string cloud_message_topic(std::string_view device_id, std::string_view bag);
[[nodiscard]] std::string module_input_topic(const ModuleInputTopic& topic);
// What such a device subscribes to.
[[nodiscard]] std::string cloud_message_filter(std::string_view device_id);

}  // namespace twinstorm::iothub
