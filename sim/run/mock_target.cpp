#include "twinstorm/run/mock_target.h"

#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::run {
namespace {

namespace json = boost::json;

constexpr std::uint16_t kMqttsPort = 8883;
constexpr std::uint16_t kHttpsPort = 443;

net::Destination destination(const json::value& address, const std::string& server_name) {
    return {json::value_to<std::string>(address.at("host")),
            json::value_to<std::uint16_t>(address.at("port")), server_name, true};
}

Result<iothub::ConnectionString> service_string(std::string_view text) {
    auto service = iothub::ConnectionString::parse(text);
    if (service && !service->is_service()) {
        return fail(ErrorCode::kInvalidArgument,
                    "the connection string is a device's; expected a service policy's, with "
                    "SharedAccessKeyName");
    }
    if (service && !base64_decode(service->key.reveal())) {
        return fail(ErrorCode::kInvalidArgument,
                    "the connection string's SharedAccessKey is not base64");
    }
    return service;
}

}  // namespace

void use_tier(const plan::MockHub& mock, std::string_view where, Target& target) {
    const iothub::TierLimits limits = iothub::limits(mock.tier, mock.units);
    target.metering_block_bytes = limits.metering_block_bytes;
    // Each patch brings a reported patch, and the throttle counts both.
    target.updates_per_s = limits.twin_updates / 2;
    target.description = fmt::format("mock {} x {}, {}{}", iothub::name(mock.tier), mock.units,
                                     where, mock.throttle ? "" : ", not throttled");
}

Result<ReadyHub> read_ready_file(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        return fail(ErrorCode::kNotFound,
                    fmt::format("there is no ready file {}; expected one written by `twinstorm hub "
                                "--ready-file`",
                                path));
    }
    std::ostringstream text;
    text << file.rdbuf();
    try {  // Boost.JSON says what is missing or of a wrong type by throwing.
        const json::value document = json::parse(text.str());
        ReadyHub hub;
        const auto host_name = json::value_to<std::string>(document.at("hostname"));
        hub.target.mqtt = destination(document.at("mqtts"), host_name);
        // For benchmarks alone, and by hand: no hub writes it.
        const json::value* const fleet = document.as_object().if_contains("fleet_port");
        const bool plain = fleet != nullptr && *fleet == "mqtt";
        if (plain) {
            hub.target.mqtt = destination(document.at("mqtt"), host_name);
            hub.target.mqtt.tls = false;
        }
        hub.target.rest = destination(document.at("https"), host_name);
        hub.ca_file = json::value_to<std::string>(document.at("ca_file"));
        auto service =
            service_string(json::value_to<std::string>(document.at("connection_string")));
        if (!service) {
            return fail(service.error());
        }
        hub.target.service = std::move(*service);
        if (const json::value* const admin = document.as_object().if_contains("admin")) {
            hub.target.admin = Admin{Secret(json::value_to<std::string>(admin->at("token")))};
        }
        if (const json::value* const tier = document.as_object().if_contains("tier")) {
            const auto parsed = iothub::parse_tier(json::value_to<std::string>(tier->at("name")));
            if (!parsed) {
                return fail(parsed.error());
            }
            use_tier({*parsed, json::value_to<int>(tier->at("units"))}, "", hub.target);
        }
        hub.target.description = fmt::format("{} at {}:{}{}", host_name, hub.target.mqtt.host,
                                             hub.target.mqtt.port, plain ? ", without TLS" : "");
        return hub;
    } catch (const std::exception& error) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} is no ready file: {}", path, error.what()));
    }
}

Result<Target> real_target(const Secret& connection_string) {
    auto service = service_string(connection_string.reveal());
    if (!service) {
        return fail(service.error());
    }
    Target target;
    const std::string& host =
        service->gateway_host_name.empty() ? service->host_name : service->gateway_host_name;
    target.mqtt = {host, kMqttsPort, {}, true};
    target.rest = {host, kHttpsPort, {}, true};
    target.description = fmt::format("{} (real)", service->host_name);
    target.service = std::move(*service);
    return target;
}

}  // namespace twinstorm::run
