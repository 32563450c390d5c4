#include "hub/rest_device_messages.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "hub/admission.h"
#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/telemetry_intake.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/property_bag.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

constexpr std::string_view kBatchType = "application/vnd.microsoft.iothub.json";
constexpr std::string_view kApplicationPrefix = "iothub-app-";

// Headers and their system properties.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kSystemHeaders{{
    {"iothub-messageid", iothub::system_property::kMessageId},
    {"iothub-correlationid", iothub::system_property::kCorrelationId},
    {"iothub-userid", iothub::system_property::kUserId},
    {"iothub-to", iothub::system_property::kTo},
    {"iothub-expiry", iothub::system_property::kExpiry},
    {"iothub-contenttype", iothub::system_property::kContentType},
    {"iothub-contentencoding", iothub::system_property::kContentEncoding},
    {"iothub-creation-time-utc", iothub::system_property::kCreationTime},
    {"iothub-interface-id", iothub::system_property::kInterfaceId},
}};

struct Message {
    std::string bag;
    std::string body;
};

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

void set_property(iothub::PropertyBag& bag, std::string_view header, std::string_view value) {
    const std::string name = lower(header);
    if (name.starts_with(kApplicationPrefix) && name.size() > kApplicationPrefix.size()) {
        bag.set(header.substr(kApplicationPrefix.size()), value);
        return;
    }
    for (const auto& [system_header, property] : kSystemHeaders) {
        if (name == system_header) {
            bag.set(property, value);
        }
    }
}

Outcome<Message> read_item(const json::value& value) {
    const auto invalid = [](std::string text) {
        return refuse(ServiceErrorCode::kArgumentInvalid, std::move(text));
    };
    const json::object* const item = value.if_object();
    const json::value* const body = item == nullptr ? nullptr : item->if_contains("body");
    if (body == nullptr || !body->is_string()) {
        return invalid("An item of a batch is an object with a text as its body");
    }
    Message message;
    message.body = body->get_string();
    const auto encoded = flag_at(*item, "base64Encoded", true);
    if (!encoded) {
        return tl::unexpected(encoded.error());
    }
    if (*encoded) {
        auto decoded = base64_decode(message.body);
        if (!decoded) {
            return invalid("The body of an item is not base64");
        }
        message.body = *std::move(decoded);
    }
    iothub::PropertyBag bag;
    if (const json::object* const properties = object_at(*item, "properties")) {
        for (const auto& [name, text] : *properties) {
            if (!text.is_string()) {
                return invalid("The properties of an item are strings");
            }
            set_property(bag, name, text.get_string());
        }
    }
    message.bag = bag.format();
    return message;
}

Outcome<std::vector<Message>> read_batch(std::string_view text) {
    json::error_code error;
    const json::value value = json::parse(text, error);
    if (error || !value.is_array() || value.get_array().size() > kBatchMessagesMax) {
        return refuse(
            ServiceErrorCode::kArgumentInvalid,
            fmt::format("A batch is a JSON array of at most {} messages", kBatchMessagesMax));
    }
    std::vector<Message> messages;
    for (const json::value& item : value.get_array()) {
        auto message = read_item(item);
        if (!message) {
            return tl::unexpected(message.error());
        }
        messages.push_back(*std::move(message));
    }
    return messages;
}

Outcome<std::vector<Message>> read_messages(const RestRequest& request) {
    if (net::find_header(*request.headers, "Content-Type").starts_with(kBatchType)) {
        return read_batch(request.body);
    }
    iothub::PropertyBag bag;
    for (const auto& [name, value] : *request.headers) {
        set_property(bag, name, value);
    }
    return std::vector<Message>{{bag.format(), std::string(request.body)}};
}

ServiceErrorCode code_of(Drop rule) {
    return rule == Drop::kMessageTooLarge ? ServiceErrorCode::kMessageTooLarge
                                          : ServiceErrorCode::kArgumentInvalid;
}

// `/devices/{d}/messages/events` or `/devices/{d}/modules/{m}/messages/events`.
iothub::IdentityName sender_of(const RestRequest& request) {
    constexpr std::size_t kModuleSegments = 6;
    const std::vector<std::string>& path = request.segments;
    return {path[1], path.size() == kModuleSegments ? path[3] : std::string()};
}

}  // namespace

Outcome<net::HttpResponse> post_device_messages(Shard& shard, const RestRequest& request) {
    const iothub::IdentityName name = sender_of(request);
    Identity* const identity = shard.registry.find(name);
    const auto admission =
        identity == nullptr
            ? tl::expected<Admission, Refusal>(tl::unexpected(Refusal::kUnknownIdentity))
            : admit_sender(shard.admission_rules(), *identity,
                           net::find_header(*request.headers, "Authorization"), request.now);
    if (!admission) {
        shard.rules.count(admission.error());
        // As for the unknown device: whoever cannot prove who he is learns nothing.
        return refuse(ServiceErrorCode::kIotHubUnauthorized, "The token does not open this device");
    }
    const auto messages = read_messages(request);
    if (!messages) {
        return tl::unexpected(messages.error());
    }
    // Told with each message; what the connection by MQTT proved comes back after it.
    const auto scope = std::exchange(identity->admitted_scope, admission->scope);
    const auto type = std::exchange(identity->admitted_type, admission->type);
    std::optional<Drop> broken;
    for (const Message& message : *messages) {
        const Telemetry telemetry{{name.device_id, name.module_id, message.bag},
                                  std::as_bytes(std::span(message.body))};
        if (!broken) {
            broken = take_telemetry(shard, *identity, telemetry, request.now.run);
        }
    }
    identity->admitted_scope = scope;
    identity->admitted_type = type;
    if (broken) {
        return refuse(code_of(*broken),
                      fmt::format("The message is refused: {}", hub::name(*broken)));
    }
    return empty_response(204);
}

}  // namespace twinstorm::hub
