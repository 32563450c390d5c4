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
    kArgumentInvalid = 400004,
    kIotHubFormatError = 400006,
    kBulkRegistryOperationFailure = 400013,
    kIotHubNotFound = 401001,
    kIotHubUnauthorizedAccess = 401002,
    kIotHubUnauthorized = 401003,
    kIotHubQuotaExceeded = 403002,
    kDeviceDisabled = 403012,
    kGenericNotFound = 404000,
    kDeviceNotFound = 404001,
    kModuleNotFound = 404010,
    kDeviceNotOnline = 404103,
    kMethodNotAllowed = 405000,
    kDeviceAlreadyExists = 409001,
    kModuleAlreadyExistsOnDevice = 409301,
    kPreconditionFailed = 412001,
    kMessageTooLarge = 413001,
    kTooManyModulesOnDevice = 413003,
    kUnsupportedMediaType = 415000,
    kThrottlingException = 429001,
    kServerError = 500001,
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
