// The fixed MQTT names of a provisioning service: user name, filter and topics.
//
// Views: parsed texts point into what was given. Request ids are echoed as they came, encoded.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace twinstorm::dps {

inline constexpr std::string_view kResponseFilter = "$dps/registrations/res/#";

// `{idScope}/registrations/{regId}/api-version=2019-03-31[&ClientVersion=...]`
struct UserName {
    std::string_view id_scope;
    std::string_view registration_id;
};
[[nodiscard]] std::optional<UserName> parse_user_name(std::string_view text);

struct RegisterTopic {
    std::string_view request_id;
};
struct PollTopic {
    std::string_view request_id;
    std::string operation_id;  // Decoded.
};
using RequestTopic = std::variant<RegisterTopic, PollTopic>;

// None: a topic that no provisioning service knows, or one without `$rid`.
[[nodiscard]] std::optional<RequestTopic> parse_request_topic(std::string_view topic);

// `retry_after` 0: not told.
[[nodiscard]] std::string response_topic(unsigned status, std::string_view request_id,
                                         std::chrono::seconds retry_after);

}  // namespace twinstorm::dps
