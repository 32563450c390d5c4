#include "hub/rest_router.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hub/admin.h"
#include "hub/admission.h"
#include "hub/blob_storage.h"
#include "hub/exchange.h"
#include "hub/rest_bulk.h"
#include "hub/rest_cloud_messages.h"
#include "hub/rest_configurations.h"
#include "hub/rest_device_messages.h"
#include "hub/rest_digital_twins.h"
#include "hub/rest_files.h"
#include "hub/rest_identities.h"
#include "hub/rest_jobs.h"
#include "hub/rest_message.h"
#include "hub/rest_methods.h"
#include "hub/rest_query.h"
#include "hub/rest_toll.h"
#include "hub/rest_twins.h"
#include "hub/shards.h"

namespace twinstorm::hub {
namespace {

using iothub::ServiceErrorCode;

struct Route {
    std::string_view method;
    std::string_view pattern;  // `{d}` and `{m}` take any one segment.
    Right right;
    // One of the two: on the shard that owns the path's device, answered within the call; or on the
    // shard that took the request, answered when the route is done.
    Outcome<net::HttpResponse> (*run_at_owner)(Shard& owner, const RestRequest& request) = nullptr;
    void (*run_here)(Shard& here, const ExchangePointer& exchange, TimePoint now) = nullptr;
};

constexpr std::string_view kDevice = "/devices/{d}";
constexpr std::string_view kModule = "/devices/{d}/modules/{m}";
constexpr std::string_view kDeviceTwin = "/twins/{d}";
constexpr std::string_view kModuleTwin = "/twins/{d}/modules/{m}";

constexpr Route kRoutes[] = {
    {"GET", "/devices", Right::kRegistryRead, nullptr, list_devices},
    {"POST", "/devices", Right::kRegistryWrite, nullptr, run_bulk},
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
    {"POST", "/devices/query", Right::kServiceConnect, nullptr, run_query},
    {"POST", "/twins/{d}/methods", Right::kServiceConnect, nullptr, invoke_method},
    {"POST", "/twins/{d}/modules/{m}/methods", Right::kServiceConnect, nullptr, invoke_method},
    {"DELETE", "/devices/{d}/commands", Right::kServiceConnect, purge_messages},
    {"GET", "/messages/serviceBound/feedback", Right::kServiceConnect, nullptr, receive_feedback},
    {"DELETE", "/messages/serviceBound/feedback/{lock}", Right::kServiceConnect, nullptr,
     complete_feedback},
    {"POST", "/messages/serviceBound/feedback/{lock}/abandon", Right::kServiceConnect, nullptr,
     abandon_feedback},
    {"GET", "/jobs/v2/query", Right::kServiceConnect, nullptr, query_jobs},
    {"GET", "/jobs/v2/{id}", Right::kServiceConnect, nullptr, get_job},
    {"PUT", "/jobs/v2/{id}", Right::kServiceConnect, nullptr, create_job},
    {"POST", "/jobs/v2/{id}/cancel", Right::kServiceConnect, nullptr, cancel_job},
    {"POST", "/jobs/create", Right::kRegistryWrite, nullptr, create_transfer},
    {"GET", "/jobs", Right::kRegistryRead, nullptr, list_transfers},
    {"GET", "/jobs/{id}", Right::kRegistryRead, nullptr, get_transfer},
    {"DELETE", "/jobs/{id}", Right::kRegistryWrite, nullptr, get_transfer},
    {"POST", "/devices/{d}/applyConfigurationContent", Right::kRegistryWrite,
     apply_configuration_content},
    {"GET", "/configurations", Right::kServiceConnect, nullptr, list_configurations},
    {"POST", "/configurations/testQueries", Right::kServiceConnect, nullptr,
     test_configuration_queries},
    {"GET", "/configurations/{id}", Right::kServiceConnect, nullptr, get_configuration},
    {"PUT", "/configurations/{id}", Right::kServiceConnect, nullptr, put_configuration},
    {"DELETE", "/configurations/{id}", Right::kServiceConnect, nullptr, delete_configuration},
    {"GET", "/digitaltwins/{d}", Right::kServiceConnect, get_digital_twin},
    {"PATCH", "/digitaltwins/{d}", Right::kServiceConnect, patch_digital_twin},
    {"POST", "/digitaltwins/{d}/commands/{c}", Right::kServiceConnect, nullptr, invoke_command},
    {"POST", "/digitaltwins/{d}/components/{component}/commands/{c}", Right::kServiceConnect,
     nullptr, invoke_command},
    {"POST", "/devices/{d}/messages/events", Right::kDeviceConnect, post_device_messages},
    {"POST", "/devices/{d}/modules/{m}/messages/events", Right::kDeviceConnect,
     post_device_messages},
    {"POST", "/devices/{d}/files", Right::kDeviceConnect, start_upload},
    {"POST", "/devices/{d}/files/notifications", Right::kDeviceConnect, end_upload},
    {"POST", "/devices/{d}/files/notifications/{correlation}", Right::kDeviceConnect, end_upload},
    {"GET", "/statistics/devices", Right::kRegistryRead, nullptr, device_statistics},
    {"GET", "/statistics/service", Right::kServiceConnect, nullptr, service_statistics},
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
    if (request.segments.size() > kModulePlace && request.segments[kModulePlace - 1] == "modules") {
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
    const std::string_view type = net::find_header(*request.headers, "Content-Type");
    if (request.body.empty() || type.empty() || type.starts_with(kJson)) {
        return {};
    }
    return refuse(ServiceErrorCode::kUnsupportedMediaType, "The body must be application/json");
}

// The route of a request that may be served.
Outcome<const Route*> admit(Shard& here, RestRequest& request) {
    const auto route = find_route(request);
    if (!route) {
        return route;
    }
    if ((*route)->right == Right::kDeviceConnect) {
        take_name(request);
        return route;  // Its own token opens it, which its shard checks; the body is any.
    }
    const auto admitted =
        admit_service(here.admission_rules(), net::find_header(*request.headers, "Authorization"),
                      (*route)->right, request.path, request.now);
    if (!admitted) {
        here.log.line(request.now.run, "rest: refused {} {}: {}", request.method,
                      printable(request.path), admitted.error().text);
        return tl::unexpected(admitted.error());
    }
    if (auto checked = check_content_type(request); !checked) {
        return tl::unexpected(checked.error());
    }
    take_name(request);
    return route;
}

void run_at_owner(const Route& route, Shard& here, const ExchangePointer& exchange, TimePoint now) {
    Shard& owner = here.all.owner_of(exchange->request().name.device_id);
    here.all.on(owner, here, now, [&route, exchange](Shard& shard, TimePoint then) {
        exchange->request().now = shard.instant(then);
        exchange->answer(shard, route.run_at_owner(shard, exchange->request()), then);
    });
}

void run(const Route& route, Shard& here, const ExchangePointer& exchange, TimePoint now) {
    if (route.run_here != nullptr) {
        route.run_here(here, exchange, now);
    } else {
        run_at_owner(route, here, exchange, now);
    }
}

// As far as the tier's limits and faults on demand let it.
void serve(const Route& route, Shard& here, const ExchangePointer& exchange, TimePoint now) {
    if (here.faults.down()) {
        exchange->answer(here, refuse(ServiceErrorCode::kServiceUnavailable, "The hub restarts"),
                         now);
        return;
    }
    const auto toll = toll_of(exchange->request());
    if (!toll) {
        run(route, here, exchange, now);
        return;
    }
    const Passage passage = pass_service(here, exchange->request().name, *toll, now);
    const auto go_on = [&route, &here, exchange, refused = passage.refused](TimePoint then) {
        if (refused) {
            exchange->answer(here, refuse(*refused, std::string(iothub::name(*refused))), then);
        } else {
            run(route, here, exchange, then);
        }
    };
    if (passage.delay > Duration{}) {
        here.agenda.at(now + passage.delay, go_on);
    } else {
        go_on(now);
    }
}

}  // namespace

void RestRouter::handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) {
    const auto exchange = std::make_shared<Exchange>(shard_, std::move(request), std::move(reply));
    if (const auto read = exchange->read(shard_.instant(now)); !read) {
        exchange->answer(shard_, tl::unexpected(read.error()), now);
        return;
    }
    const std::vector<std::string>& segments = exchange->request().segments;
    if (!segments.empty() && segments.front() == "admin") {
        answer_admin(shard_, exchange, now);
        return;
    }
    if (is_blob(segments)) {
        answer_blob(shard_, exchange, now);
        return;
    }
    const auto route = admit(shard_, exchange->request());
    if (!route) {
        exchange->answer(shard_, tl::unexpected(route.error()), now);
        return;
    }
    serve(**route, shard_, exchange, now);
}

}  // namespace twinstorm::hub
