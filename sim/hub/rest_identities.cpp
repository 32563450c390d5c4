#include "hub/rest_identities.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "hub/identity_document.h"
#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/shards.h"

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

// Devices of one shard by id, with how they are shown.
using Listed = std::vector<std::pair<std::string, json::object>>;

Listed listed(Shard& shard, std::size_t max) {
    Listed result;
    for (const Identity* device : shard.registry.devices(max)) {
        result.emplace_back(device->record.name.device_id, identity_view(*device));
    }
    return result;
}

json::array merged(std::vector<Listed> lists, std::size_t max) {
    Listed all;
    for (Listed& list : lists) {
        std::ranges::move(list, std::back_inserter(all));
    }
    std::ranges::sort(all, {}, &Listed::value_type::first);
    json::array result;
    for (auto& [id, view] : all) {
        if (result.size() < max) {
            result.push_back(std::move(view));
        }
    }
    return result;
}

}  // namespace

void list_devices(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const auto count = requested_count(exchange->request());
    if (!count) {
        exchange->answer(here, tl::unexpected(count.error()), now);
        return;
    }
    here.all.gather<Listed>(
        here, now, [max = *count](Shard& shard, Instant) { return listed(shard, max); },
        [&here, exchange, max = *count](std::vector<Listed> lists, TimePoint then) {
            exchange->answer(here, json_response(200, merged(std::move(lists), max)), then);
        });
}

Outcome<net::HttpResponse> list_modules(Shard& shard, const RestRequest& request) {
    const auto device = shard.registry.require(request.name);
    if (!device) {
        return tl::unexpected(device.error());
    }
    json::array list;
    for (const auto& module : (*device)->modules) {
        list.push_back(identity_view(*module));
    }
    return json_response(200, list);
}

Outcome<net::HttpResponse> get_identity(Shard& shard, const RestRequest& request) {
    const auto identity = shard.registry.require(request.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    return json_response(200, identity_view(**identity));
}

Outcome<net::HttpResponse> put_identity(Shard& shard, const RestRequest& request) {
    auto write = read_body(request);
    if (!write) {
        return tl::unexpected(write.error());
    }
    const bool creates = request.if_match().empty();
    const auto identity = creates
                              ? shard.registry.create(request.name, *std::move(write), request.now)
                              : shard.registry.update(request.name, *std::move(write),
                                                      request.if_match(), request.now);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    if (creates) {
        shard.configurations.consider(**identity, request.now);
    }
    const unsigned status = creates && request.name.is_module() ? 201 : 200;
    return json_response(status, identity_view(**identity));
}

Outcome<net::HttpResponse> delete_identity(Shard& shard, const RestRequest& request) {
    if (auto removed = shard.registry.remove(request.name, request.if_match(), request.now);
        !removed) {
        return tl::unexpected(removed.error());
    }
    return empty_response(204);
}

void device_statistics(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    using Counts = std::pair<std::size_t, std::size_t>;
    here.all.gather<Counts>(
        here, now,
        [](Shard& shard, Instant) {
            return Counts(shard.registry.device_count(), shard.registry.enabled_count());
        },
        [&here, exchange](const std::vector<Counts>& shards, TimePoint then) {
            std::size_t total = 0;
            std::size_t enabled = 0;
            for (const auto& [devices, of_these_enabled] : shards) {
                total += devices;
                enabled += of_these_enabled;
            }
            exchange->answer(
                here,
                json_response(200, json::object{{"totalDeviceCount", total},
                                                {"enabledDeviceCount", enabled},
                                                {"disabledDeviceCount", total - enabled}}),
                then);
        });
}

void service_statistics(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    here.all.gather<std::size_t>(
        here, now, [](Shard& shard, Instant) { return shard.connections.devices; },
        [&here, exchange](const std::vector<std::size_t>& shards, TimePoint then) {
            const std::size_t connected =
                std::accumulate(shards.begin(), shards.end(), std::size_t{0});
            exchange->answer(
                here, json_response(200, json::object{{"connectedDeviceCount", connected}}), then);
        });
}

}  // namespace twinstorm::hub
