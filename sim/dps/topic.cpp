#include "dps/topic.h"

#include <algorithm>

#include <fmt/format.h>

#include "dps/limits.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::dps {
namespace {

constexpr std::string_view kRegister = "$dps/registrations/PUT/iotdps-register/?";
constexpr std::string_view kPoll = "$dps/registrations/GET/iotdps-get-operationstatus/?";

std::optional<std::string_view> find_value(std::string_view query, std::string_view key) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (pair.starts_with(key) && pair.substr(key.size()).starts_with('=')) {
            return pair.substr(key.size() + 1);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<UserName> parse_user_name(std::string_view text) {
    constexpr std::string_view kMiddle = "/registrations/";
    const std::size_t middle = text.find(kMiddle);
    if (middle == 0 || middle == std::string_view::npos) {
        return std::nullopt;
    }
    UserName found{text.substr(0, middle), {}};
    text.remove_prefix(middle + kMiddle.size());
    const std::size_t end = text.find('/');
    found.registration_id = text.substr(0, end);
    // Without an api-version the service would not know which dialect is spoken.
    if (end == std::string_view::npos || found.registration_id.empty()) {
        return std::nullopt;
    }
    std::string_view options = text.substr(end + 1);
    options.remove_prefix(options.starts_with('?') ? 1 : 0);
    return find_value(options, "api-version").value_or("").empty() ? std::nullopt
                                                                   : std::optional(found);
}

std::optional<RequestTopic> parse_request_topic(std::string_view topic) {
    const bool registers = topic.starts_with(kRegister);
    if (!registers && !topic.starts_with(kPoll)) {
        return std::nullopt;
    }
    const std::string_view query = topic.substr(registers ? kRegister.size() : kPoll.size());
    const auto request_id = find_value(query, "$rid");
    if (!request_id || request_id->empty() || request_id->size() > kRequestIdBytesMax) {
        return std::nullopt;
    }
    if (registers) {
        return RegisterTopic{*request_id};
    }
    const auto operation = iothub::percent_decode(find_value(query, "operationId").value_or(""));
    return operation ? std::optional<RequestTopic>(PollTopic{*request_id, *operation})
                     : std::nullopt;
}

std::string response_topic(unsigned status, std::string_view request_id,
                           std::chrono::seconds retry_after) {
    std::string topic = fmt::format("$dps/registrations/res/{}/?$rid={}", status, request_id);
    if (retry_after.count() > 0) {
        topic += fmt::format("&retry-after={}", retry_after.count());
    }
    return topic;
}

}  // namespace twinstorm::dps
