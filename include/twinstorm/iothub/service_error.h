// The hub's error numbers and names, and their bodies: on twin answers over MQTT, and on REST in
// the two styles that real hubs use.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"

namespace twinstorm::iothub {

// HTTP status = number / 1000.
enum class ServiceErrorCode : int {
    kGenericBadRequest = 400000,
    kInvalidProtocolVersion = 400001,
    kDeviceInvalidResultCount = 400002,
    kInvalidOperation = 400003,
    kArgumentInvalid = 400004,
    kArgumentNull = 400005,
    kIotHubFormatError = 400006,
    kDeviceStorageEntitySerializationError = 400007,
    kBlobContainerValidationError = 400008,
    kImportWarningExistsError = 400009,
    kInvalidSchemaVersion = 400010,
    kDeviceDefinedMultipleTimes = 400011,
    kDeserializationError = 400012,
    kBulkRegistryOperationFailure = 400013,
    kInvalidFileUploadCompletionStatus = 400019,
    kInvalidStorageEndpointOrBlob = 400020,
    kRequestCanceled = 400021,
    kEtagDoesNotMatch = 400023,
    kRequestTimedOut = 400024,
    kNullMessage = 400026,
    kConnectionForcefullyClosedOnNewConnection = 400027,
    kInvalidDeviceScope = 400028,
    kConnectionForcefullyClosedOnFaultInjection = 400029,
    kConnectionRejectedOnFaultInjection = 400030,
    kCannotRegisterModuleToModule = 400301,
    kInvalidConfigurationTargetCondition = 400401,
    kInvalidConfigurationContent = 400402,
    kGenericUnauthorized = 401000,
    kIotHubNotFound = 401001,
    kIotHubUnauthorizedAccess = 401002,
    kIotHubUnauthorized = 401003,
    kGenericForbidden = 403000,
    kIotHubSuspended = 403001,
    kIotHubQuotaExceeded = 403002,
    kJobQuotaExceeded = 403003,
    kDeviceMaximumQueueDepthExceeded = 403004,
    kIotHubMaxCbsTokenExceeded = 403005,
    kDeviceMaximumActiveFileUploadLimitExceeded = 403006,
    kOperationNotAvailableInCurrentTier = 403010,
    kDeviceDisabled = 403012,
    kDeviceMaximumInflightMethodExceeded = 403800,
    kGenericNotFound = 404000,
    kDeviceNotFound = 404001,
    kJobNotFound = 404002,
    kModuleNotFound = 404010,
    kIotHubFailingOver = 404012,
    kDeviceNotOnline = 404103,
    kDeviceConnectionClosedRemotely = 404104,
    kConfigurationNotFound = 404301,
    kMethodNotAllowed = 405000,
    kOperationNotAllowedInCurrentState = 405102,
    kImportDevicesNotSupported = 405103,
    kBulkAddDevicesNotSupported = 405104,
    kDeviceAlreadyExists = 409001,
    kLinkCreationConflict = 409002,
    kJobAlreadyExists = 409104,
    kModuleAlreadyExistsOnDevice = 409301,
    kConfigurationAlreadyExists = 409401,
    kGenericPreconditionFailed = 412000,
    kPreconditionFailed = 412001,
    kDeviceMessageLockLost = 412002,
    kMessageTooLarge = 413001,
    kTooManyDevices = 413002,
    kTooManyModulesOnDevice = 413003,
    kUnsupportedMediaType = 415000,
    kGenericTooManyRequests = 429000,
    kThrottlingException = 429001,
    kThrottleBacklogLimitExceeded = 429002,
    kThrottlingBacklogTimeout = 429003,
    kThrottlingMaxActiveJobCountExceeded = 429004,
    kDeviceThrottlingLimitExceeded = 429005,
    kClientClosedRequest = 499000,
    kServerError = 500001,
    kJobCancelled = 500002,
    kGenericTimeout = 500008,
    kInvalidThrottleParameter = 500009,
    kGenericBadGateway = 502000,
    kGenericServiceUnavailable = 503000,
    kServiceUnavailable = 503001,
    kPartitionNotFound = 503003,
    kServerBusy = 503005,
    kReceiveLinkOpensThrottled = 503008,
    kGatewayTimeout = 504101,
};

[[nodiscard]] std::string_view name(ServiceErrorCode code);  // `DeviceNotFound`
[[nodiscard]] constexpr int http_status(ServiceErrorCode code) {
    return static_cast<int>(code) / 1000;
}

struct ServiceError {
    ServiceErrorCode code = ServiceErrorCode::kServerError;
    std::string text;
};

// In all bodies the tracking id is followed by what hubs add: `-G:0-TimeStamp:08/24/2018 17:49:33`.

// `{"errorCode":400004,"trackingId":"…","message":"…","timestampUtc":"…"}`
[[nodiscard]] std::string twin_error_body(const ServiceError& error, std::string_view tracking_id,
                                          WallTime now);
// Old style (`ErrorCode:DeviceNotFound;text`) for registry errors, new style for the others.
[[nodiscard]] std::string rest_error_body(const ServiceError& error, std::string_view tracking_id,
                                          WallTime now);
// What a REST client makes of an answer: the number from either style, or from the status alone.
[[nodiscard]] Error read_rest_error(unsigned status, std::string_view body);

// `2026-01-02T03:04:05.1234567Z`, as hubs print instants.
[[nodiscard]] std::string format_instant(WallTime instant);

}  // namespace twinstorm::iothub
