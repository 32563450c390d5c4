// What a query reads, and what the hub says it answered.
#pragma once

#include <cstdint>
#include <string_view>

namespace twinstorm::query {

// The three collections of the service API.
enum class Source : std::uint8_t {
    kDevices,  // `devices`: twins of devices.
    kModules,  // `devices.modules`: twins of modules.
    kJobs,     // `devices.jobs`: one document for each device of each job.
};

[[nodiscard]] std::string_view to_text(Source source);  // As it stands after FROM.

// The response header `x-ms-item-type`.
enum class ItemType : std::uint8_t {
    kTwin,
    kDeviceJob,
    kRaw,          // A projection or an aggregate.
    kJobResponse,  // No query answers it; `GET /jobs/v2/query` does.
};

[[nodiscard]] std::string_view to_text(ItemType type);

}  // namespace twinstorm::query
