#include "hub/cloud_bag.h"

#include <vector>

#include <fmt/format.h>

#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/property_bag.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

namespace property = iothub::system_property;

// The order of the keys is that of Node's SDK when it sends.
iothub::PropertyBag bag_of(const amqp::CloudMessage& message, WallTime expiry) {
    const events::Properties& from = message.properties;
    iothub::PropertyBag bag;
    const auto add = [&bag](std::string_view key, const std::optional<std::string>& value) {
        if (value) {
            bag.set(key, *value);
        }
    };
    add(property::kMessageId, from.message_id);
    add(property::kCorrelationId, from.correlation_id);
    add(property::kUserId, from.user_id);
    bag.set(property::kTo,
            from.to.value_or(fmt::format("/devices/{}/messages/deviceBound", message.device_id)));
    add(property::kContentType, from.content_type);
    add(property::kContentEncoding, from.content_encoding);
    if (from.expiry) {
        bag.set(property::kExpiry, iothub::format_instant(expiry));
    }
    if (message.ack != amqp::AckMode::kNone) {
        bag.set("iothub-ack", name(message.ack));
    }
    return bag;
}

// Application properties may lack a value, which a bag made by set() cannot say.
void add_application(std::string& text, const std::vector<iothub::Property>& application) {
    for (const iothub::Property& one : application) {
        text += fmt::format("&{}", iothub::percent_encode(one.key));
        if (one.value) {
            text += fmt::format("={}", iothub::percent_encode(*one.value));
        }
    }
}

std::size_t bytes_of(const std::vector<iothub::Property>& application) {
    std::size_t bytes = 0;
    for (const iothub::Property& one : application) {
        bytes += one.key.size() + (one.value ? one.value->size() : 0);
    }
    return bytes;
}

}  // namespace

CloudBag cloud_bag(const amqp::CloudMessage& message, WallTime expiry) {
    const iothub::PropertyBag bag = bag_of(message, expiry);
    CloudBag result{bag.format(), bag.metered_bytes() + bytes_of(message.application)};
    add_application(result.text, message.application);
    return result;
}

std::string_view name(amqp::AckMode ack) {
    switch (ack) {
        case amqp::AckMode::kNone:
            return "none";
        case amqp::AckMode::kPositive:
            return "positive";
        case amqp::AckMode::kNegative:
            return "negative";
        case amqp::AckMode::kFull:
            return "full";
    }
    return "";
}

std::optional<amqp::AckMode> ack_named(std::string_view text) {
    for (const amqp::AckMode ack : {amqp::AckMode::kNone, amqp::AckMode::kPositive,
                                    amqp::AckMode::kNegative, amqp::AckMode::kFull}) {
        if (name(ack) == text) {
            return ack;
        }
    }
    return std::nullopt;
}

}  // namespace twinstorm::hub
