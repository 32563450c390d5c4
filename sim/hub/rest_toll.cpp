#include "hub/rest_toll.h"

#include <cstdint>
#include <string_view>

namespace twinstorm::hub {
namespace {

using iothub::OperationClass;

std::uint32_t method_blocks(std::size_t bytes) {
    return static_cast<std::uint32_t>(iothub::metered_messages(bytes, iothub::kMethodBlockBytes));
}

std::optional<Toll> toll_of_twins(const RestRequest& request) {
    const std::size_t bytes = request.body.size();
    if (request.method == "POST") {  // A method, or a command of a digital twin.
        return Toll{OperationClass::kDirectMethods, method_blocks(bytes),
                    Metered{QuotaKind::kDirectMethods, bytes}};
    }
    if (request.method == "GET") {
        return Toll{OperationClass::kTwinReads, 1, Metered{QuotaKind::kTwinReads, 0}};
    }
    return Toll{OperationClass::kTwinUpdates, 1, Metered{QuotaKind::kTwinUpdates, bytes}};
}

std::optional<Toll> toll_of_devices(const RestRequest& request) {
    const std::vector<std::string>& path = request.segments;
    if (path.size() == 1 && request.method == "POST") {
        return std::nullopt;  // Bulk.
    }
    if (path.size() == 2 && path[1] == "query") {
        return Toll{OperationClass::kQueries, 1, std::nullopt};
    }
    if (path.size() >= 4 && path[path.size() - 2] == "messages" && path.back() == "events") {
        return Toll{OperationClass::kDeviceMessages, 1,
                    Metered{QuotaKind::kDeviceMessages, request.body.size()}};
    }
    if (path.size() == 3 && path[2] == "commands") {
        return std::nullopt;
    }
    if (path.size() >= 3 && path[2] == "files") {  // Only the start of an upload is limited.
        return path.size() == 3 ? std::optional(Toll{OperationClass::kFileUploads, 1, std::nullopt})
                                : std::nullopt;
    }
    return Toll{OperationClass::kRegistry, 1, std::nullopt};
}

}  // namespace

std::optional<Toll> toll_of(const RestRequest& request) {
    const std::string_view first =
        request.segments.empty() ? std::string_view() : std::string_view(request.segments.front());
    if (first == "twins" || first == "digitaltwins") {
        return toll_of_twins(request);
    }
    if (first == "devices") {
        return toll_of_devices(request);
    }
    if (first == "jobs") {
        return Toll{OperationClass::kJobOperations, 1, std::nullopt};
    }
    if (first == "configurations") {
        return Toll{OperationClass::kConfigurations, 1, std::nullopt};
    }
    return std::nullopt;
}

}  // namespace twinstorm::hub
