// What a link's address names, and which resource a token's audience opens.
//
// Addresses come as `{entity}/ConsumerGroups/{g}/Partitions/{n}`, `/messages/devicebound`, or as a
// whole URL. The built-in endpoint is served under its entity path and under `messages/events`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace twinstorm::amqp {

struct Address {
    enum class Kind : std::uint8_t {
        kUnknown,
        kCbs,
        kManagement,
        kRedirect,  // `/messages/events/$management`: the hub says where the endpoint is.
        kEvents,
        kDeviceBound,
        kFeedback,
        kFileNotifications,
    };
    Kind kind = Kind::kUnknown;
    std::string path{};  // For authorisation: without scheme, host and leading slash.
    std::string consumer_group{};
    std::string partition{};
};

[[nodiscard]] bool same_name(std::string_view a, std::string_view b);  // Letters' case aside.

[[nodiscard]] Address parse_address(std::string_view text, std::string_view entity_path);

// The path of an audience, `sb://{host}/{path}` or `{host}/{path}`, decoded; empty for all of a
// host.
[[nodiscard]] std::string audience_path(std::string_view audience);

// Segment by segment, letters' case aside. `{entity}/$management` opens nothing but itself.
[[nodiscard]] bool covers(std::string_view granted_path, std::string_view path);

}  // namespace twinstorm::amqp
