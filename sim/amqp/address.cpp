#include "amqp/address.h"

#include <algorithm>
#include <vector>

#include "twinstorm/iothub/percent.h"

namespace twinstorm::amqp {

namespace {

constexpr std::string_view kHubEvents = "messages/events";
constexpr std::string_view kManagementNode = "$management";

[[nodiscard]] char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// Without `scheme://host` and leading slashes.
[[nodiscard]] std::string_view path_of(std::string_view text) {
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
        text.remove_prefix(scheme + 3);
        text.remove_prefix(std::min(text.find('/'), text.size()));
    }
    text.remove_prefix(std::min(text.find_first_not_of('/'), text.size()));
    return text;
}

// The rest behind `prefix/`; empty when it does not begin so.
[[nodiscard]] std::string_view below(std::string_view path, std::string_view prefix) {
    if (path.size() > prefix.size() && path[prefix.size()] == '/' &&
        same_name(path.substr(0, prefix.size()), prefix)) {
        return path.substr(prefix.size() + 1);
    }
    return {};
}

[[nodiscard]] std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return segments;
}

[[nodiscard]] bool parse_reader(std::string_view rest, Address& address) {
    const auto segments = segments_of(rest);
    if (segments.size() != 4 || !same_name(segments[0], "ConsumerGroups") ||
        !same_name(segments[2], "Partitions")) {
        return false;
    }
    address.kind = Address::Kind::kEvents;
    address.consumer_group = segments[1];
    address.partition = segments[3];
    return true;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

Address parse_address(std::string_view text, std::string_view entity_path) {
    Address address{.path = std::string(path_of(text))};
    const std::string_view path = address.path;
    const std::string_view in_entity = below(path, entity_path);
    const std::string_view in_hub = below(path, kHubEvents);
    if (same_name(path, "$cbs")) {
        address.kind = Address::Kind::kCbs;
    } else if (same_name(path, kManagementNode) || same_name(in_entity, kManagementNode)) {
        address.kind = Address::Kind::kManagement;
        address.path = std::string(entity_path) + "/" + std::string(kManagementNode);
    } else if (same_name(in_hub, kManagementNode)) {
        address.kind = Address::Kind::kRedirect;
    } else if (same_name(path, "messages/devicebound")) {
        address.kind = Address::Kind::kDeviceBound;
    } else if (same_name(path, "messages/serviceBound/feedback")) {
        address.kind = Address::Kind::kFeedback;
    } else if (same_name(path, "messages/serviceBound/filenotifications")) {
        address.kind = Address::Kind::kFileNotifications;
    } else if (!parse_reader(in_entity.empty() ? in_hub : in_entity, address)) {
        address.kind = Address::Kind::kUnknown;
    }
    return address;
}

std::string audience_path(std::string_view audience) {
    const auto decoded = iothub::percent_decode(audience);
    std::string_view text = decoded ? std::string_view(*decoded) : audience;
    if (text.find("://") == std::string_view::npos) {
        // The first segment is the host.
        text.remove_prefix(std::min(text.find('/'), text.size()));
    }
    std::string_view path = path_of(text);
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return std::string(path);
}

bool covers(std::string_view granted_path, std::string_view path) {
    const auto granted = segments_of(granted_path);
    const auto wanted = segments_of(path);
    return granted.size() <= wanted.size() &&
           std::equal(granted.begin(), granted.end(), wanted.begin(), same_name);
}

}  // namespace twinstorm::amqp
