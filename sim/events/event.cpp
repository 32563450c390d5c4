#include "twinstorm/events/event.h"

#include "twinstorm/base/check.h"

namespace twinstorm::events {

std::string_view name(Source source) {
    switch (source) {
        case Source::kTelemetry:
            return "Telemetry";
        case Source::kTwinChange:
            return "twinChangeEvents";
        case Source::kDeviceLifecycle:
            return "deviceLifecycleEvents";
        case Source::kDeviceConnectionState:
            return "deviceConnectionStateEvents";
    }
    TWINSTORM_CHECK(false);
    return {};
}

std::string_view schema_name(Source source) {
    switch (source) {
        case Source::kTelemetry:
            return {};
        case Source::kTwinChange:
            return "twinChangeNotification";
        case Source::kDeviceLifecycle:
            return "deviceLifecycleNotification";
        case Source::kDeviceConnectionState:
            return "deviceConnectionStateNotification";
    }
    TWINSTORM_CHECK(false);
    return {};
}

}  // namespace twinstorm::events
