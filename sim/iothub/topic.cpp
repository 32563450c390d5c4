#include "twinstorm/iothub/topic.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "iothub/query_string.h"

namespace twinstorm::iothub {
namespace {

constexpr std::string_view kDevices = "devices/";
constexpr std::string_view kModules = "modules/";
constexpr std::string_view kEvents = "messages/events";
constexpr std::string_view kTwinGet = "$iothub/twin/GET/?";
constexpr std::string_view kReportedPatch = "$iothub/twin/PATCH/properties/reported/?";
constexpr std::string_view kMethodResponse = "$iothub/methods/res/";
constexpr std::string_view kCertificateRequest = "$iothub/credentials/POST/issueCertificate/?";
constexpr std::string_view kMethodCall = "$iothub/methods/POST/";
constexpr std::string_view kDeviceBound = "messages/devicebound/";
constexpr std::string_view kInputs = "inputs/";
constexpr std::string_view kTwinResponse = "$iothub/twin/res/";
constexpr std::string_view kDesiredChange = "$iothub/twin/PATCH/properties/desired/?";
constexpr std::string_view kRequestIdKey = "$rid";
constexpr std::string_view kVersionKey = "$version";
constexpr int kStatusMin = 100;
constexpr int kStatusMax = 599;

bool consume(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

// What stands before the next `/`, which is consumed, too. None when there is no `/`.
std::optional<std::string_view> consume_segment(std::string_view& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view segment = text.substr(0, slash);
    text.remove_prefix(slash + 1);
    return segment;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> parse_version(std::string_view text) {
    const auto version = parse_number<std::int64_t>(text);
    return version && *version >= 0 ? version : std::nullopt;
}

// An empty request id names no request: no answer could be told apart from another.
std::optional<std::string_view> find_request_id(std::string_view query) {
    const auto request_id = find_value(query, kRequestIdKey);
    return request_id && !request_id->empty() ? request_id : std::nullopt;
}

template <class Topic>
std::optional<PublishTopic> with_request_id(std::string_view query) {
    const auto request_id = find_request_id(query);
    return request_id ? std::optional<PublishTopic>(Topic{*request_id}) : std::nullopt;
}

std::optional<PublishTopic> parse_telemetry(std::string_view rest) {
    TelemetryTopic topic;
    const auto device_id = consume_segment(rest);
    if (!device_id || device_id->empty()) {
        return std::nullopt;
    }
    topic.device_id = *device_id;
    if (consume(rest, kModules)) {
        const auto module_id = consume_segment(rest);
        if (!module_id || module_id->empty()) {
            return std::nullopt;
        }
        topic.module_id = *module_id;
    }
    if (!consume(rest, kEvents) || (!rest.empty() && !consume(rest, "/"))) {
        return std::nullopt;
    }
    topic.bag = rest;
    return topic;
}

std::optional<PublishTopic> parse_method_response(std::string_view rest) {
    const auto status = parse_number<std::int64_t>(consume_segment(rest).value_or(""));
    if (!status || !consume(rest, "?")) {
        return std::nullopt;
    }
    const auto request_id = find_request_id(rest);
    if (!request_id) {
        return std::nullopt;
    }
    return MethodResponseTopic{*status, *request_id};
}

std::optional<NoticeTopic> parse_twin_response(std::string_view rest) {
    const auto status = parse_number<int>(consume_segment(rest).value_or(""));
    if (!status || *status < kStatusMin || *status > kStatusMax || !consume(rest, "?")) {
        return std::nullopt;
    }
    const auto request_id = find_request_id(rest);
    if (!request_id) {
        return std::nullopt;
    }
    TwinResponseTopic topic{*status, *request_id, std::nullopt};
    if (const auto version = find_value(rest, kVersionKey)) {
        topic.version = parse_version(*version);
        if (!topic.version) {
            return std::nullopt;
        }
    }
    return topic;
}

std::optional<DeliveryTopic> parse_method_call(std::string_view rest) {
    const auto method = consume_segment(rest);
    if (!method || !is_valid_method_name(*method) || !consume(rest, "?")) {
        return std::nullopt;
    }
    const auto request_id = find_request_id(rest);
    if (!request_id) {
        return std::nullopt;
    }
    return MethodCallTopic{*method, *request_id};
}

std::optional<DeliveryTopic> parse_module_input(std::string_view device_id, std::string_view rest) {
    const auto module_id = consume_segment(rest);
    if (!module_id || module_id->empty() || !consume(rest, kInputs)) {
        return std::nullopt;
    }
    const auto input = consume_segment(rest);
    if (!input || input->empty()) {
        return std::nullopt;
    }
    return ModuleInputTopic{device_id, *module_id, *input, rest};
}

}  // namespace

std::optional<PublishTopic> parse_publish_topic(std::string_view topic) {
    if (consume(topic, kDevices)) {
        return parse_telemetry(topic);
    }
    if (consume(topic, kReportedPatch)) {
        return with_request_id<ReportedPatchTopic>(topic);
    }
    if (consume(topic, kTwinGet)) {
        return with_request_id<TwinGetTopic>(topic);
    }
    if (consume(topic, kMethodResponse)) {
        return parse_method_response(topic);
    }
    if (consume(topic, kCertificateRequest)) {
        return with_request_id<CertificateRequestTopic>(topic);
    }
    return std::nullopt;
}

std::optional<Subscribable> parse_filter(std::string_view filter, const IdentityName& identity) {
    if (filter == filter::kTwinResponses) {
        return Subscribable::kTwinResponses;
    }
    if (filter == filter::kDesiredChanges) {
        return Subscribable::kDesiredChanges;
    }
    if (filter == filter::kMethods) {
        return Subscribable::kMethods;
    }
    if (!consume(filter, kDevices) || !consume(filter, identity.device_id) ||
        !consume(filter, "/")) {
        return std::nullopt;
    }
    if (!identity.is_module()) {
        return filter == "messages/devicebound/#" ? std::optional(Subscribable::kCloudToDevice)
                                                  : std::nullopt;
    }
    if (!consume(filter, kModules) || !consume(filter, identity.module_id)) {
        return std::nullopt;
    }
    if (filter == "/#") {
        return Subscribable::kModuleMessages;
    }
    return filter == "/inputs/#" ? std::optional(Subscribable::kModuleInputs) : std::nullopt;
}

std::optional<NoticeTopic> parse_notice_topic(std::string_view topic) {
    if (consume(topic, kTwinResponse)) {
        return parse_twin_response(topic);
    }
    if (!consume(topic, kDesiredChange)) {
        return std::nullopt;
    }
    const auto version = parse_version(find_value(topic, kVersionKey).value_or(""));
    if (!version) {
        return std::nullopt;
    }
    return DesiredChangeTopic{*version};
}

std::optional<DeliveryTopic> parse_delivery_topic(std::string_view topic) {
    if (consume(topic, kMethodCall)) {
        return parse_method_call(topic);
    }
    if (!consume(topic, kDevices)) {
        return std::nullopt;
    }
    const auto device_id = consume_segment(topic);
    if (!device_id || device_id->empty()) {
        return std::nullopt;
    }
    if (consume(topic, kModules)) {
        return parse_module_input(*device_id, topic);
    }
    if (!consume(topic, kDeviceBound)) {
        return std::nullopt;
    }
    return CloudMessageTopic{*device_id, topic};
}

bool is_valid_method_name(std::string_view name) {
    return !name.empty() && name.size() <= kMethodNameBytesMax &&
           std::ranges::none_of(name, [](char one) {
               const auto byte = static_cast<unsigned char>(one);
               return byte < 0x20 || byte == 0x7f || one == '/' || one == '+' || one == '#';
           });
}

std::string telemetry_topic(const IdentityName& identity, std::string_view bag) {
    if (identity.is_module()) {
        return fmt::format("{}{}/{}{}/{}/{}", kDevices, identity.device_id, kModules,
                           identity.module_id, kEvents, bag);
    }
    return fmt::format("{}{}/{}/{}", kDevices, identity.device_id, kEvents, bag);
}

std::string twin_get_topic(std::string_view request_id) {
    std::string text(kTwinGet);
    text.append(kRequestIdKey).append("=").append(request_id);
    return text;
}

std::string reported_patch_topic(std::string_view request_id) {
    return fmt::format("{}{}={}", kReportedPatch, kRequestIdKey, request_id);
}

std::string method_response_topic(std::int64_t status, std::string_view request_id) {
    return fmt::format("{}{}/?{}={}", kMethodResponse, status, kRequestIdKey, request_id);
}

std::string twin_response_topic(const TwinResponseTopic& topic) {
    std::string text(kTwinResponse);
    text.append(std::to_string(topic.status)).append("/?").append(kRequestIdKey);
    text.append("=").append(topic.request_id);
    if (topic.version) {
        text.append("&").append(kVersionKey).append("=").append(std::to_string(*topic.version));
    }
    return text;
}

std::string desired_change_topic(std::int64_t version) {
    return fmt::format("{}{}={}", kDesiredChange, kVersionKey, version);
}

std::string method_call_topic(const MethodCallTopic& topic) {
    return fmt::format("{}{}/?{}={}", kMethodCall, topic.method, kRequestIdKey, topic.request_id);
}

std::string cloud_message_topic(std::string_view device_id, std::string_view bag) {
    return fmt::format("{}{}/{}{}", kDevices, device_id, kDeviceBound, bag);
}

std::string module_input_topic(const ModuleInputTopic& topic) {
    return fmt::format("{}{}/{}{}/{}{}/{}", kDevices, topic.device_id, kModules, topic.module_id,
                       kInputs, topic.input, topic.bag);
}

std::string cloud_message_filter(std::string_view device_id) {
    return cloud_message_topic(device_id, "#");
}

}  // namespace twinstorm::iothub
