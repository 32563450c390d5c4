#include "hub/rest_router.h"

#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "hub/admin.h"
#include "hub/admission.h"
#include "hub/rest_bulk.h"
#include "hub/rest_identities.h"
#include "hub/rest_message.h"
#include "hub/rest_twins.h"

namespace twinstorm::hub {
namespace {

using iothub::ServiceErrorCode;

struct Route {
    std::string_view method;
    std::string_view pattern;  // `{d}` and `{m}` take any one segment.
    Right right;
    Outcome<net::HttpResponse> (*run)(Core& core, const RestRequest& request);
};

constexpr std::string_view kDevice = "/devices/{d}";
constexpr std::string_view kModule = "/devices/{d}/modules/{m}";
constexpr std::string_view kDeviceTwin = "/twins/{d}";
constexpr std::string_view kModuleTwin = "/twins/{d}/modules/{m}";

constexpr Route kRoutes[] = {
    {"GET", "/devices", Right::kRegistryRead, list_devices},
    {"POST", "/devices", Right::kRegistryWrite, run_bulk},
    {"GET", kDevice, Right::kRegistryRead, get_identity},
    {"PUT", kDevice, Right::kRegistryWrite, put_identity},
    {"DELETE", kDevice, Right::kRegistryWrite, delete_identity},
    {"GET", "/devices/{d}/modules", Right::kRegistryRead, list_modules},
    {"GET", kModule, Right::kRegistryRead, get_identity},
    {"PUT", kModule, Right::kRegistryWrite, put_identity},
    {"DELETE", kModule, Right::kRegistryWrite, delete_identity},
    {"GET", kDeviceTwin, Right::kServiceConnect, get_twin},
    {"PATCH", kDeviceTwin, Right::kServiceConnect, patch_twin},
    {"PUT", kDeviceTwin, Right::kServiceConnect, replace_twin},
    {"GET", kModuleTwin, Right::kServiceConnect, get_twin},
    {"PATCH", kModuleTwin, Right::kServiceConnect, patch_twin},
    {"PUT", kModuleTwin, Right::kServiceConnect, replace_twin},
    {"GET", "/statistics/devices", Right::kRegistryRead, device_statistics},
    {"GET", "/statistics/service", Right::kServiceConnect, service_statistics},
};

bool matches(std::string_view pattern, const std::vector<std::string>& segments) {
    for (const std::string& segment : segments) {
        if (pattern.empty()) {
            return false;
        }
        pattern.remove_prefix(1);
        const std::string_view expected = pattern.substr(0, pattern.find('/'));
        pattern.remove_prefix(expected.size());
        if (!expected.starts_with('{') && expected != segment) {
            return false;
        }
    }
    return pattern.empty();
}

// The names stand at the same places in every pattern: `/x/{d}/modules/{m}`.
void take_name(RestRequest& request) {
    constexpr std::size_t kDevicePlace = 1;
    constexpr std::size_t kModulePlace = 3;
    if (request.segments.size() > kDevicePlace) {
        request.name.device_id = request.segments[kDevicePlace];
    }
    if (request.segments.size() > kModulePlace) {
        request.name.module_id = request.segments[kModulePlace];
    }
}

Outcome<const Route*> find_route(const RestRequest& request) {
    bool path_known = false;
    for (const Route& route : kRoutes) {
        if (!matches(route.pattern, request.segments)) {
            continue;
        }
        path_known = true;
        if (route.method == request.method) {
            return &route;
        }
    }
    if (path_known) {
        return refuse(ServiceErrorCode::kMethodNotAllowed, "The resource has no such method");
    }
    return refuse(ServiceErrorCode::kGenericNotFound, "There is no such resource");
}

Outcome<void> check_content_type(const RestRequest& request) {
    constexpr std::string_view kJson = "application/json";
    const std::string_view type = net::find_header(request.headers, "Content-Type");
    if (request.body.empty() || type.empty() || type.starts_with(kJson)) {
        return {};
    }
    return refuse(ServiceErrorCode::kUnsupportedMediaType, "The body must be application/json");
}

Outcome<net::HttpResponse> run_service(Core& core, RestRequest& request) {
    const auto route = find_route(request);
    if (!route) {
        return tl::unexpected(route.error());
    }
    const auto admitted =
        admit_service(core.admission_rules(), net::find_header(request.headers, "Authorization"),
                      (*route)->right, request.path, request.now);
    if (!admitted) {
        core.log.line(request.now.run, "rest: refused {} {}: {}", request.method,
                      printable(request.path), admitted.error().text);
        return tl::unexpected(admitted.error());
    }
    if (auto checked = check_content_type(request); !checked) {
        return tl::unexpected(checked.error());
    }
    take_name(request);
    return (*route)->run(core, request);
}

}  // namespace

void RestRouter::handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) {
    reply(answer(request, core_.instant(now)));
}

net::HttpResponse RestRouter::answer(const net::HttpRequest& request, Instant now) {
    auto read = read_request(request, now);
    if (!read) {
        return error_response(core_, read.error(), now);
    }
    if (!read->segments.empty() && read->segments.front() == "admin") {
        return answer_admin(core_, *read);
    }
    auto response = run_service(core_, *read);
    return response ? *std::move(response) : error_response(core_, response.error(), now);
}

}  // namespace twinstorm::hub
