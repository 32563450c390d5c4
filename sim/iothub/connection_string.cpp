#include "twinstorm/iothub/connection_string.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <fmt/format.h>

#include "iothub/query_string.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::iothub {
namespace {

constexpr std::string_view kHostName = "HostName";
constexpr std::string_view kGatewayHostName = "GatewayHostName";
constexpr std::string_view kDeviceId = "DeviceId";
constexpr std::string_view kModuleId = "ModuleId";
constexpr std::string_view kPolicy = "SharedAccessKeyName";
constexpr std::string_view kKey = "SharedAccessKey";
constexpr std::string_view kX509 = "x509";
constexpr std::array kNames{kHostName, kGatewayHostName, kDeviceId, kModuleId, kPolicy, kKey,
                            kX509};
constexpr std::size_t kShownNameBytesMax = 32;

using Values = std::array<std::optional<std::string_view>, kNames.size()>;

template <class... Arguments>
tl::unexpected<Error> bad(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    return fail(ErrorCode::kInvalidArgument,
                "The connection string " +
                    fmt::format(format, std::forward<Arguments>(arguments)...) + ".");
}

// Whatever looks like the end of a key stays unseen: people do paste a key for the whole string.
bool may_be_shown(const QueryPair& pair) {
    return pair.key.size() <= kShownNameBytesMax && pair.value &&
           pair.value->find_first_not_of('=') != std::string_view::npos &&
           std::ranges::all_of(
               pair.key, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

Result<Values> read_values(std::string_view text) {
    Values values;
    QueryReader reader(text, ';');
    for (int part = 1;; ++part) {
        const auto pair = reader.next();
        if (!pair) {
            return values;
        }
        const auto* const name = std::ranges::find(kNames, pair->key);
        if (name == kNames.end()) {
            return may_be_shown(*pair)
                       ? bad("has an unknown part `{}`; expected {}", pair->key,
                             fmt::join(kNames, ", "))
                       : bad("has a part {} that is not of the form `Name=value` with one of the "
                             "names {}",
                             part, fmt::join(kNames, ", "));
        }
        auto& value = values[static_cast<std::size_t>(name - kNames.begin())];
        if (value) {
            return bad("has {} twice", *name);
        }
        if (!pair->value || pair->value->empty()) {
            return bad("has no value for {}", *name);
        }
        value = pair->value;
    }
}

bool is_true(std::string_view text) {
    return text == "true" || text == "True";
}

bool is_boolean(std::string_view text) {
    return is_true(text) || text == "false" || text == "False";
}

Result<void> check(const ConnectionString& parts) {
    const IdentityName& identity = parts.identity;
    if (parts.host_name.empty()) {
        return bad("lacks {}", kHostName);
    }
    if (parts.policy.empty() && identity.device_id.empty()) {
        return bad("lacks {} or {}", kPolicy, kDeviceId);
    }
    if (!parts.policy.empty() && (!identity.device_id.empty() || identity.is_module())) {
        return bad("has both {} and an identity", kPolicy);
    }
    if (!identity.device_id.empty() && !is_valid_id(identity.device_id)) {
        return bad("has a {} that no hub allows", kDeviceId);
    }
    if (identity.is_module() && !is_valid_id(identity.module_id)) {
        return bad("has a {} that no hub allows", kModuleId);
    }
    if (parts.x509 && (parts.is_service() || !parts.key.empty())) {
        return bad("has {}=true beside {}", kX509, parts.is_service() ? kPolicy : kKey);
    }
    if (!parts.x509 && parts.key.empty()) {
        return bad("lacks {}", kKey);
    }
    if (!base64_decode(parts.key.reveal())) {
        return bad("has a {} that is not base64", kKey);
    }
    return {};
}

}  // namespace

Result<ConnectionString> ConnectionString::parse(std::string_view text) {
    const auto values = read_values(text);
    if (!values) {
        return fail(values.error());
    }
    const auto value = [&values](std::string_view name) {
        const auto at = std::ranges::find(kNames, name) - kNames.begin();
        return std::string((*values)[static_cast<std::size_t>(at)].value_or(std::string_view()));
    };
    const std::string x509 = value(kX509);
    if (!x509.empty() && !is_boolean(x509)) {
        return bad("has a {} that is neither true nor false", kX509);
    }
    ConnectionString parts{.host_name = value(kHostName),
                           .gateway_host_name = value(kGatewayHostName),
                           .identity = {value(kDeviceId), value(kModuleId)},
                           .policy = value(kPolicy),
                           .key = Secret(value(kKey)),
                           .x509 = is_true(x509)};
    if (const auto sound = check(parts); !sound) {
        return fail(sound.error());
    }
    return parts;
}

Secret ConnectionString::format() const {
    std::string text = fmt::format("{}={}", kHostName, host_name);
    const auto append = [&text](std::string_view name, std::string_view value) {
        if (!value.empty()) {
            text += fmt::format(";{}={}", name, value);
        }
    };
    append(kDeviceId, identity.device_id);
    append(kModuleId, identity.module_id);
    append(kPolicy, policy);
    append(kKey, key.reveal());
    append(kX509, x509 ? "true" : "");
    append(kGatewayHostName, gateway_host_name);
    return Secret(std::move(text));
}

}  // namespace twinstorm::iothub
