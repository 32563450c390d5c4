// Names of devices and modules, as they stand in client ids, user names, topics and paths.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm::iothub {

inline constexpr std::size_t kIdBytesMax = 128;  // Service REST API, identities.

struct IdentityName {
    std::string device_id;
    std::string module_id;  // Empty for the device itself.

    [[nodiscard]] bool is_module() const { return !module_id.empty(); }
    [[nodiscard]] std::string client_id() const;  // `{d}` or `{d}/{m}`.
    friend auto operator<=>(const IdentityName&, const IdentityName&) = default;
};

// At most kIdBytesMax of the characters a hub allows in an id.
[[nodiscard]] bool is_valid_id(std::string_view id);

// MQTT CONNECT's user name: `{host}/{d}[/{m}]/?api-version={v}&...`.
struct UserName {
    std::string host;
    IdentityName identity;
    std::string api_version;  // Empty when the client sent none.
    std::string client_type;  // DeviceClientType, decoded; may be empty.
    std::string model_id{};   // Of Plug and Play, decoded; may be empty.
    friend bool operator==(const UserName&, const UserName&) = default;
};

inline constexpr std::string_view kApiVersion = "2021-04-12";

[[nodiscard]] std::string format_user_name(const UserName& user_name);
[[nodiscard]] Result<UserName> parse_user_name(std::string_view text);

}  // namespace twinstorm::iothub
