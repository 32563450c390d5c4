#include "twinstorm/query/source.h"

#include "twinstorm/base/check.h"

namespace twinstorm::query {

std::string_view to_text(Source source) {
    switch (source) {
        case Source::kDevices:
            return "devices";
        case Source::kModules:
            return "devices.modules";
        case Source::kJobs:
            return "devices.jobs";
    }
    TWINSTORM_CHECK(false);
}

std::string_view to_text(ItemType type) {
    switch (type) {
        case ItemType::kTwin:
            return "Twin";
        case ItemType::kDeviceJob:
            return "DeviceJob";
        case ItemType::kRaw:
            return "Raw";
        case ItemType::kJobResponse:
            return "JobResponse";
    }
    TWINSTORM_CHECK(false);
}

}  // namespace twinstorm::query
