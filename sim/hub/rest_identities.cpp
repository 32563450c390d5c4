#include "hub/rest_identities.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "hub/identity_document.h"
#include "hub/json_fields.h"
#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

Outcome<std::size_t> requested_count(const RestRequest& request) {
    const auto top = request.parameter("top");
    if (!top) {
        return kDeviceListMax;
    }
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(top->data(), top->data() + top->size(), count);
    if (error != std::errc{} || end != top->data() + top->size() || count == 0) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "top must be a positive number");
    }
    return std::min(count, kDeviceListMax);
}

// The ids of the body, when it has any, are those of the path.
Outcome<void> check_ids(const json::object& body, const iothub::IdentityName& name) {
    const auto device_id = text_at(body, "deviceId");
    const auto module_id = text_at(body, "moduleId");
    if (!device_id || (!device_id->empty() && *device_id != name.device_id)) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "deviceId is not that of the path");
    }
    if (!module_id || (!module_id->empty() && *module_id != name.module_id)) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "moduleId is not that of the path");
    }
    return {};
}

Outcome<IdentityWrite> read_body(const RestRequest& request) {
    const auto body = parse_object(request.body);
    if (!body) {
        return tl::unexpected(body.error());
    }
    if (auto checked = check_ids(*body, request.name); !checked) {
        return tl::unexpected(checked.error());
    }
    return read_identity_write(*body);
}

}  // namespace

Outcome<net::HttpResponse> list_devices(Core& core, const RestRequest& request) {
    const auto count = requested_count(request);
    if (!count) {
        return tl::unexpected(count.error());
    }
    json::array list;
    for (const Identity* device : core.registry.devices(*count)) {
        list.push_back(identity_view(*device));
    }
    return json_response(200, list);
}

Outcome<net::HttpResponse> list_modules(Core& core, const RestRequest& request) {
    const auto device = core.registry.require(request.name);
    if (!device) {
        return tl::unexpected(device.error());
    }
    json::array list;
    for (const auto& module : (*device)->modules) {
        list.push_back(identity_view(*module));
    }
    return json_response(200, list);
}

Outcome<net::HttpResponse> get_identity(Core& core, const RestRequest& request) {
    const auto identity = core.registry.require(request.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    return json_response(200, identity_view(**identity));
}

Outcome<net::HttpResponse> put_identity(Core& core, const RestRequest& request) {
    auto write = read_body(request);
    if (!write) {
        return tl::unexpected(write.error());
    }
    const bool creates = request.if_match().empty();
    const auto identity = creates
                              ? core.registry.create(request.name, *std::move(write), request.now)
                              : core.registry.update(request.name, *std::move(write),
                                                     request.if_match(), request.now);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    const unsigned status = creates && request.name.is_module() ? 201 : 200;
    return json_response(status, identity_view(**identity));
}

Outcome<net::HttpResponse> delete_identity(Core& core, const RestRequest& request) {
    if (auto removed = core.registry.remove(request.name, request.if_match(), request.now);
        !removed) {
        return tl::unexpected(removed.error());
    }
    return empty_response(204);
}

Outcome<net::HttpResponse> device_statistics(Core& core, const RestRequest& /*request*/) {
    const std::size_t total = core.registry.device_count();
    const std::size_t enabled = core.registry.enabled_count();
    return json_response(200, json::object{{"totalDeviceCount", total},
                                           {"enabledDeviceCount", enabled},
                                           {"disabledDeviceCount", total - enabled}});
}

Outcome<net::HttpResponse> service_statistics(Core& core, const RestRequest& /*request*/) {
    return json_response(200, json::object{{"connectedDeviceCount", core.connections.devices}});
}

}  // namespace twinstorm::hub
