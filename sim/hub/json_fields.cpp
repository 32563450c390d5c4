#include "hub/json_fields.h"

#include <string>

#include <fmt/format.h>
#include <boost/json/parse.hpp>

namespace twinstorm::hub {

using iothub::ServiceErrorCode;

const boost::json::object* object_at(const boost::json::object& parent, std::string_view key) {
    const boost::json::value* member = parent.if_contains(key);
    return member == nullptr ? nullptr : member->if_object();
}

const boost::json::array* array_at(const boost::json::object& parent, std::string_view key) {
    const boost::json::value* member = parent.if_contains(key);
    return member == nullptr ? nullptr : member->if_array();
}

std::optional<std::int64_t> integer_at(const boost::json::object& parent, std::string_view key) {
    const boost::json::value* member = parent.if_contains(key);
    if (member == nullptr || !member->is_int64()) {
        return std::nullopt;
    }
    return member->get_int64();
}

Outcome<std::string_view> text_at(const boost::json::object& parent, std::string_view key) {
    const boost::json::value* member = parent.if_contains(key);
    if (member == nullptr || member->is_null()) {
        return std::string_view{};
    }
    if (!member->is_string()) {
        return refuse(ServiceErrorCode::kArgumentInvalid, fmt::format("{} must be a string", key));
    }
    return std::string_view(member->get_string());
}

Outcome<bool> flag_at(const boost::json::object& parent, std::string_view key, bool otherwise) {
    const boost::json::value* member = parent.if_contains(key);
    if (member == nullptr || member->is_null()) {
        return otherwise;
    }
    if (!member->is_bool()) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      fmt::format("{} must be true or false", key));
    }
    return member->get_bool();
}

Outcome<boost::json::object> parse_object(std::string_view text) {
    boost::json::error_code error;
    boost::json::value value = boost::json::parse(text, error);
    if (error) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      fmt::format("The body is not JSON: {}", error.message()));
    }
    if (!value.is_object()) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "The body must be a JSON object");
    }
    return std::move(value.get_object());
}

}  // namespace twinstorm::hub
