#include "twinstorm/iothub/identity.h"

#include <algorithm>
#include <array>
#include <span>

#include "iothub/query_string.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::iothub {
namespace {

constexpr std::string_view kApiVersionKey = "api-version";
constexpr std::string_view kClientTypeKey = "DeviceClientType";
constexpr std::string_view kModelIdKey = "model-id";

bool is_id_character(char c) {
    constexpr std::string_view kSpecial = "-:.+%_#*?!(),=@;$'";
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           kSpecial.find(c) != std::string_view::npos;
}

// `{host}/{d}` or `{host}/{d}/{m}`. No id holds a `/`, so the segments are plain.
Result<UserName> parse_names(std::string_view text) {
    std::array<std::string_view, 3> segments;
    std::size_t count = 0;
    for (std::string_view rest = text;;) {
        const std::size_t slash = rest.find('/');
        if (count == segments.size()) {
            return fail(ErrorCode::kInvalidArgument, "The user name has too many segments.");
        }
        segments[count++] = rest.substr(0, slash);
        if (slash == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(slash + 1);
    }
    const bool ids_are_valid = std::ranges::all_of(std::span(segments).subspan(1, count - 1),
                                                   [](auto id) { return is_valid_id(id); });
    if (count < 2 || segments[0].empty() || !ids_are_valid) {
        return fail(ErrorCode::kInvalidArgument,
                    "The user name does not begin with `{host}/{device}` or "
                    "`{host}/{device}/{module}`.");
    }
    UserName user_name;
    user_name.host = segments[0];
    user_name.identity = {std::string(segments[1]), std::string(segments[2])};
    return user_name;
}

}  // namespace

std::string IdentityName::client_id() const {
    return is_module() ? device_id + "/" + module_id : device_id;
}

bool is_valid_id(std::string_view id) {
    return !id.empty() && id.size() <= kIdBytesMax && std::ranges::all_of(id, is_id_character);
}

std::string format_user_name(const UserName& user_name) {
    // The `?` stands even without options: ids may begin with one, and the last `/?` counts.
    std::string text = user_name.host + "/" + user_name.identity.client_id() + "/?";
    const auto add = [&text](std::string_view key, const std::string& value) {
        if (!value.empty()) {
            text.append(text.ends_with("/?") ? "" : "&").append(key).append("=");
            text += percent_encode(value);
        }
    };
    add(kApiVersionKey, user_name.api_version);
    add(kClientTypeKey, user_name.client_type);
    add(kModelIdKey, user_name.model_id);
    return text;
}

Result<UserName> parse_user_name(std::string_view text) {
    // Ids may hold a `?` themselves, but never a `/`: the last `/?` is the one that counts.
    const std::size_t mark = text.rfind("/?");
    std::string_view names = text.substr(0, mark);
    if (mark == std::string_view::npos && names.ends_with('/')) {
        names.remove_suffix(1);
    }
    auto user_name = parse_names(names);
    if (!user_name || mark == std::string_view::npos) {
        return user_name;
    }
    const std::string_view options = text.substr(mark + 2);
    auto version = percent_decode(find_value(options, kApiVersionKey).value_or(""));
    auto client_type = percent_decode(find_value(options, kClientTypeKey).value_or(""));
    auto model_id = percent_decode(find_value(options, kModelIdKey).value_or(""));
    if (!version || !client_type || !model_id) {
        return fail(ErrorCode::kInvalidArgument,
                    "An option of the user name is not percent-encoded properly.");
    }
    user_name->api_version = *std::move(version);
    user_name->client_type = *std::move(client_type);
    user_name->model_id = *std::move(model_id);
    return user_name;
}

}  // namespace twinstorm::iothub
