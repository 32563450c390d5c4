#include "twinstorm/iothub/service_error.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace twinstorm::iothub {
namespace {

constexpr std::size_t kShownTextBytesMax = 512;  // Of an answer that may come from anywhere.
constexpr std::string_view kOldStyleMark = "ErrorCode:";

struct Entry {
    ServiceErrorCode code;
    std::string_view name;
    bool registry = false;  // Real hubs still send the old style for these.
};

using Code = ServiceErrorCode;
constexpr std::array kEntries{
    Entry{Code::kGenericBadRequest, "GenericBadRequest"},
    Entry{Code::kInvalidProtocolVersion, "InvalidProtocolVersion"},
    Entry{Code::kDeviceInvalidResultCount, "DeviceInvalidResultCount"},
    Entry{Code::kInvalidOperation, "InvalidOperation"},
    Entry{Code::kArgumentInvalid, "ArgumentInvalid"},
    Entry{Code::kArgumentNull, "ArgumentNull"},
    Entry{Code::kIotHubFormatError, "IotHubFormatError", true},
    Entry{Code::kDeviceStorageEntitySerializationError, "DeviceStorageEntitySerializationError",
          true},
    Entry{Code::kBlobContainerValidationError, "BlobContainerValidationError", true},
    Entry{Code::kImportWarningExistsError, "ImportWarningExistsError", true},
    Entry{Code::kInvalidSchemaVersion, "InvalidSchemaVersion", true},
    Entry{Code::kDeviceDefinedMultipleTimes, "DeviceDefinedMultipleTimes", true},
    Entry{Code::kDeserializationError, "DeserializationError"},
    Entry{Code::kBulkRegistryOperationFailure, "BulkRegistryOperationFailure", true},
    Entry{Code::kInvalidFileUploadCompletionStatus, "InvalidFileUploadCompletionStatus"},
    Entry{Code::kInvalidStorageEndpointOrBlob, "InvalidStorageEndpointOrBlob"},
    Entry{Code::kRequestCanceled, "RequestCanceled"},
    Entry{Code::kEtagDoesNotMatch, "EtagDoesNotMatch", true},
    Entry{Code::kRequestTimedOut, "RequestTimedOut"},
    Entry{Code::kNullMessage, "NullMessage"},
    Entry{Code::kConnectionForcefullyClosedOnNewConnection,
          "ConnectionForcefullyClosedOnNewConnection"},
    Entry{Code::kInvalidDeviceScope, "InvalidDeviceScope", true},
    Entry{Code::kConnectionForcefullyClosedOnFaultInjection,
          "ConnectionForcefullyClosedOnFaultInjection"},
    Entry{Code::kConnectionRejectedOnFaultInjection, "ConnectionRejectedOnFaultInjection"},
    Entry{Code::kCannotRegisterModuleToModule, "CannotRegisterModuleToModule", true},
    Entry{Code::kInvalidConfigurationTargetCondition, "InvalidConfigurationTargetCondition", true},
    Entry{Code::kInvalidConfigurationContent, "InvalidConfigurationContent", true},
    Entry{Code::kGenericUnauthorized, "GenericUnauthorized"},
    Entry{Code::kIotHubNotFound, "IotHubNotFound"},
    Entry{Code::kIotHubUnauthorizedAccess, "IotHubUnauthorizedAccess"},
    Entry{Code::kIotHubUnauthorized, "IotHubUnauthorized"},
    Entry{Code::kGenericForbidden, "GenericForbidden"},
    Entry{Code::kIotHubSuspended, "IotHubSuspended"},
    Entry{Code::kIotHubQuotaExceeded, "IotHubQuotaExceeded"},
    Entry{Code::kJobQuotaExceeded, "JobQuotaExceeded"},
    Entry{Code::kDeviceMaximumQueueDepthExceeded, "DeviceMaximumQueueDepthExceeded"},
    Entry{Code::kIotHubMaxCbsTokenExceeded, "IotHubMaxCbsTokenExceeded"},
    Entry{Code::kDeviceMaximumActiveFileUploadLimitExceeded,
          "DeviceMaximumActiveFileUploadLimitExceeded"},
    Entry{Code::kOperationNotAvailableInCurrentTier, "OperationNotAvailableInCurrentTier"},
    Entry{Code::kDeviceDisabled, "DeviceDisabled"},
    Entry{Code::kDeviceMaximumInflightMethodExceeded, "DeviceMaximumInflightMethodExceeded"},
    Entry{Code::kGenericNotFound, "GenericNotFound"},
    Entry{Code::kDeviceNotFound, "DeviceNotFound", true},
    Entry{Code::kJobNotFound, "JobNotFound"},
    Entry{Code::kModuleNotFound, "ModuleNotFound", true},
    Entry{Code::kIotHubFailingOver, "IotHubFailingOver"},
    Entry{Code::kDeviceNotOnline, "DeviceNotOnline"},
    Entry{Code::kDeviceConnectionClosedRemotely, "DeviceConnectionClosedRemotely"},
    Entry{Code::kConfigurationNotFound, "ConfigurationNotFound", true},
    Entry{Code::kMethodNotAllowed, "MethodNotAllowed"},
    Entry{Code::kOperationNotAllowedInCurrentState, "OperationNotAllowedInCurrentState"},
    Entry{Code::kImportDevicesNotSupported, "ImportDevicesNotSupported"},
    Entry{Code::kBulkAddDevicesNotSupported, "BulkAddDevicesNotSupported"},
    Entry{Code::kDeviceAlreadyExists, "DeviceAlreadyExists", true},
    Entry{Code::kLinkCreationConflict, "LinkCreationConflict"},
    Entry{Code::kJobAlreadyExists, "JobAlreadyExists"},
    Entry{Code::kModuleAlreadyExistsOnDevice, "ModuleAlreadyExistsOnDevice", true},
    Entry{Code::kConfigurationAlreadyExists, "ConfigurationAlreadyExists", true},
    Entry{Code::kGenericPreconditionFailed, "GenericPreconditionFailed"},
    Entry{Code::kPreconditionFailed, "PreconditionFailed", true},
    Entry{Code::kDeviceMessageLockLost, "DeviceMessageLockLost"},
    Entry{Code::kMessageTooLarge, "MessageTooLarge"},
    Entry{Code::kTooManyDevices, "TooManyDevices", true},
    Entry{Code::kTooManyModulesOnDevice, "TooManyModulesOnDevice", true},
    Entry{Code::kUnsupportedMediaType, "UnsupportedMediaType"},
    Entry{Code::kGenericTooManyRequests, "GenericTooManyRequests"},
    Entry{Code::kThrottlingException, "ThrottlingException"},
    Entry{Code::kThrottleBacklogLimitExceeded, "ThrottleBacklogLimitExceeded"},
    Entry{Code::kThrottlingBacklogTimeout, "ThrottlingBacklogTimeout"},
    Entry{Code::kThrottlingMaxActiveJobCountExceeded, "ThrottlingMaxActiveJobCountExceeded"},
    Entry{Code::kDeviceThrottlingLimitExceeded, "DeviceThrottlingLimitExceeded"},
    Entry{Code::kClientClosedRequest, "ClientClosedRequest"},
    Entry{Code::kServerError, "ServerError"},
    Entry{Code::kJobCancelled, "JobCancelled"},
    Entry{Code::kGenericTimeout, "GenericTimeout"},
    Entry{Code::kInvalidThrottleParameter, "InvalidThrottleParameter"},
    Entry{Code::kGenericBadGateway, "GenericBadGateway"},
    Entry{Code::kGenericServiceUnavailable, "GenericServiceUnavailable"},
    Entry{Code::kServiceUnavailable, "ServiceUnavailable"},
    Entry{Code::kPartitionNotFound, "PartitionNotFound"},
    Entry{Code::kServerBusy, "ServerBusy"},
    Entry{Code::kReceiveLinkOpensThrottled, "ReceiveLinkOpensThrottled"},
    Entry{Code::kGatewayTimeout, "GatewayTimeout"},
};

const Entry* find_entry(Code code) {
    const auto* const found = std::ranges::find(kEntries, code, &Entry::code);
    return found == kEntries.end() ? nullptr : found;
}

struct CivilTime {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<Duration> time;
};

CivilTime civil(WallTime instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss<Duration>(instant - day)};
}

// `5e..-G:0-TimeStamp:08/24/2018 17:49:33`, with the caller's id in front.
std::string full_tracking_id(std::string_view tracking_id, WallTime now) {
    const CivilTime at = civil(now);
    return fmt::format("{}-G:0-TimeStamp:{:02}/{:02}/{:04} {:02}:{:02}:{:02}", tracking_id,
                       static_cast<unsigned>(at.date.month()), static_cast<unsigned>(at.date.day()),
                       static_cast<int>(at.date.year()), at.time.hours().count(),
                       at.time.minutes().count(), at.time.seconds().count());
}

// The number, name and text of an answer, as far as it tells them.
struct Reading {
    std::int64_t number = 0;
    std::string name;
    std::string text;
};

void read_old_style(std::string_view message, Reading& reading) {
    message.remove_prefix(kOldStyleMark.size());
    const std::size_t semicolon = message.find(';');
    reading.name = message.substr(0, semicolon);
    if (semicolon != std::string_view::npos) {
        reading.text = message.substr(semicolon + 1);
    }
    const auto* const entry = std::ranges::find(kEntries, reading.name, &Entry::name);
    if (entry != kEntries.end()) {
        reading.number = static_cast<int>(entry->code);
    }
}

void read_new_style(const boost::json::object& body, Reading& reading) {
    if (const auto* const number = body.if_contains("errorCode");
        number != nullptr && number->is_int64()) {
        reading.number = number->get_int64();
    }
    if (const auto* const text = body.if_contains("message");
        text != nullptr && text->is_string()) {
        reading.text = text->get_string();
    }
    for (const Entry& entry : kEntries) {
        if (static_cast<int>(entry.code) == reading.number) {
            reading.name = entry.name;
        }
    }
}

std::optional<boost::json::object> parse_object(std::string_view text) {
    boost::json::error_code error;
    const auto value = boost::json::parse(text, error);
    return !error && value.is_object() ? std::optional(value.get_object()) : std::nullopt;
}

Reading read_body(std::string_view body) {
    Reading reading;
    const auto object = parse_object(body);
    if (!object) {
        return reading;
    }
    const auto* const member = object->if_contains("Message");
    if (member == nullptr || !member->is_string()) {
        read_new_style(*object, reading);  // As on twin answers, without the envelope.
        return reading;
    }
    const std::string_view message(member->get_string());
    if (message.starts_with(kOldStyleMark)) {
        read_old_style(message, reading);
    } else if (const auto inner = parse_object(message)) {
        read_new_style(*inner, reading);
    } else {
        reading.text = message;
    }
    return reading;
}

ErrorCode error_code(unsigned status) {
    switch (status) {
        case 401:
            return ErrorCode::kUnauthorized;
        case 404:
            return ErrorCode::kNotFound;
        case 409:
            return ErrorCode::kAlreadyExists;
        case 412:
            return ErrorCode::kPreconditionFailed;
        case 429:
            return ErrorCode::kThrottled;
        default:
            return status >= 500 ? ErrorCode::kIo : ErrorCode::kRefused;
    }
}

// Ends between two characters of UTF-8, never inside one.
std::string_view shorten(std::string_view text) {
    if (text.size() <= kShownTextBytesMax) {
        return text;
    }
    std::size_t end = kShownTextBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
        --end;
    }
    return text.substr(0, end);
}

}  // namespace

std::string_view name(ServiceErrorCode code) {
    const Entry* const entry = find_entry(code);
    return entry == nullptr ? std::string_view("InvalidErrorCode") : entry->name;
}

std::string twin_error_body(const ServiceError& error, std::string_view tracking_id, WallTime now) {
    return boost::json::serialize(
        boost::json::object{{"errorCode", static_cast<int>(error.code)},
                            {"trackingId", full_tracking_id(tracking_id, now)},
                            {"message", error.text},
                            {"timestampUtc", format_instant(now)}});
}

std::string rest_error_body(const ServiceError& error, std::string_view tracking_id, WallTime now) {
    const Entry* const entry = find_entry(error.code);
    if (entry == nullptr || !entry->registry) {
        return boost::json::serialize(boost::json::object{
            {"Message", twin_error_body(error, tracking_id, now)}, {"ExceptionMessage", ""}});
    }
    return boost::json::serialize(boost::json::object{
        {"Message", fmt::format("{}{};{}", kOldStyleMark, entry->name, error.text)},
        {"ExceptionMessage", "Tracking ID:" + full_tracking_id(tracking_id, now)}});
}

Error read_rest_error(unsigned status, std::string_view body) {
    const Reading reading = read_body(body);
    std::string detail =
        reading.number != 0 ? fmt::format("{}", reading.number) : fmt::format("HTTP {}", status);
    if (!reading.name.empty()) {
        detail += fmt::format(" {}", shorten(reading.name));
    }
    if (!reading.text.empty()) {
        detail += fmt::format(": {}", shorten(reading.text));
    }
    return {error_code(status), std::move(detail)};
}

std::string format_instant(WallTime instant) {
    using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
    const CivilTime at = civil(instant);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z",
                       static_cast<int>(at.date.year()), static_cast<unsigned>(at.date.month()),
                       static_cast<unsigned>(at.date.day()), at.time.hours().count(),
                       at.time.minutes().count(), at.time.seconds().count(),
                       std::chrono::floor<Ticks>(at.time.subseconds()).count());
}

}  // namespace twinstorm::iothub
