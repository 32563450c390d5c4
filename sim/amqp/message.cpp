#include "amqp/message.h"

#include <chrono>
#include <optional>
#include <utility>

#include "twinstorm/iothub/identity.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::amqp {

namespace {

enum Section : std::int64_t {
    kMessageAnnotations = 0x72,
    kProperties = 0x73,
    kApplicationProperties = 0x74,
    kData = 0x75,
    kAmqpValue = 0x77,
};

constexpr std::string_view kAckProperty = "iothub-ack";

// Fields of the properties section [AMQP-3.2.4].
enum Field : std::size_t {
    kMessageId = 0,
    kUserId = 1,
    kTo = 2,
    kCorrelationId = 5,
    kContentType = 6,
    kContentEncoding = 7,
    kExpiry = 8,
};

void take_section(Message& message, Value section) {
    Value& content = section.items[1];
    switch (section.items[0].number) {
        case kMessageAnnotations:
            message.annotations = std::move(content);
            break;
        case kProperties:
            message.properties = std::move(content);
            break;
        case kApplicationProperties:
            message.application = std::move(content);
            break;
        case kData:
            message.body += content.text;
            break;
        case kAmqpValue:
            message.body = content.to_text();
            break;
        default:
            break;
    }
}

// `/devices/{d}/messages/devicebound`, the device's id encoded or not.
[[nodiscard]] Result<std::string> device_of(std::string_view to) {
    constexpr std::string_view kBefore = "/devices/";
    constexpr std::string_view kBehind = "/messages/devicebound";
    std::string path(to);
    for (char& letter : path) {
        letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    if (path.size() > kBefore.size() + kBehind.size() && path.starts_with(kBefore) &&
        path.ends_with(kBehind)) {
        const std::string_view id =
            to.substr(kBefore.size(), to.size() - kBefore.size() - kBehind.size());
        auto decoded = iothub::percent_decode(id);
        if (decoded && iothub::is_valid_id(*decoded)) {
            return decoded;
        }
        if (iothub::is_valid_id(id)) {
            return std::string(id);
        }
    }
    return fail(ErrorCode::kInvalidArgument,
                "`to` should be /devices/{device id}/messages/devicebound");
}

[[nodiscard]] Result<AckMode> ack_mode(std::string_view text) {
    if (text.empty() || text == "none") {
        return AckMode::kNone;
    }
    if (text == "positive") {
        return AckMode::kPositive;
    }
    if (text == "negative") {
        return AckMode::kNegative;
    }
    if (text == "full") {
        return AckMode::kFull;
    }
    return fail(ErrorCode::kInvalidArgument, "iothub-ack is none, positive, negative or full");
}

[[nodiscard]] std::optional<std::string> text_field(const Value& properties, Field field) {
    const Value& value = properties.field(field);
    return value.is_null() ? std::nullopt : std::optional(value.to_text());
}

[[nodiscard]] std::optional<WallTime> instant_field(const Value& properties, Field field) {
    constexpr std::int64_t kMillisecondsMax = 9'214'646'400'000;  // 2262, the end of WallTime.
    const Value& value = properties.field(field);
    if (value.kind != Value::Kind::kTimestamp || value.number <= 0) {
        return std::nullopt;
    }
    return WallTime(std::chrono::milliseconds(std::min(value.number, kMillisecondsMax)));
}

}  // namespace

Result<Message> decode_message(std::span<const std::byte> bytes) {
    Message message;
    while (!bytes.empty()) {
        auto section = decode_value(bytes);
        if (!section) {
            return fail(section.error());
        }
        if (section->kind != Value::Kind::kDescribed ||
            section->items[0].kind != Value::Kind::kUnsigned) {
            return fail(ErrorCode::kMalformedPacket, "a message has something beside sections");
        }
        take_section(message, std::move(*section));
    }
    return message;
}

Result<CloudMessage> to_cloud_message(const Message& message) {
    const Value& given = message.properties;
    auto device = device_of(given.field(kTo).text);
    if (!device) {
        return fail(device.error());
    }
    const auto ack = ack_mode(message.application.at(kAckProperty).to_text());
    if (!ack) {
        return fail(ack.error());
    }
    CloudMessage cloud{.device_id = std::move(*device), .ack = *ack};
    cloud.properties = {.message_id = text_field(given, kMessageId),
                        .correlation_id = text_field(given, kCorrelationId),
                        .user_id = text_field(given, kUserId),
                        .to = text_field(given, kTo),
                        .content_type = text_field(given, kContentType),
                        .content_encoding = text_field(given, kContentEncoding),
                        .expiry = instant_field(given, kExpiry)};
    const auto& application = message.application.items;
    for (std::size_t i = 0; i + 1 < application.size(); i += 2) {
        if (application[i].text != kAckProperty) {
            const Value& value = application[i + 1];
            cloud.application.push_back(
                {application[i].to_text(),
                 value.is_null() ? std::nullopt : std::optional(value.to_text())});
        }
    }
    const auto* const body = reinterpret_cast<const std::byte*>(message.body.data());
    cloud.body.assign(body, body + message.body.size());
    return cloud;
}

}  // namespace twinstorm::amqp
