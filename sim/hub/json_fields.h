// Members of a JSON object, read without exceptions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "hub/outcome.h"

namespace twinstorm::hub {

// None when the member is missing, null or of another type.
[[nodiscard]] const boost::json::object* object_at(const boost::json::object& parent,
                                                   std::string_view key);
[[nodiscard]] const boost::json::array* array_at(const boost::json::object& parent,
                                                 std::string_view key);
[[nodiscard]] std::optional<std::int64_t> integer_at(const boost::json::object& parent,
                                                     std::string_view key);

// Empty when the member is missing or null. Errors: 400004 when it is anything but a string.
[[nodiscard]] Outcome<std::string_view> text_at(const boost::json::object& parent,
                                                std::string_view key);
// `otherwise` when the member is missing or null. Errors: 400004 when it is no boolean.
[[nodiscard]] Outcome<bool> flag_at(const boost::json::object& parent, std::string_view key,
                                    bool otherwise);

// A JSON object from a body. Errors: 400004.
[[nodiscard]] Outcome<boost::json::object> parse_object(std::string_view text);

}  // namespace twinstorm::hub
