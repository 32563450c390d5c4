// JSON texts in tests, written with single quotes so that they can be read.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace twinstorm::iothub {

inline boost::json::object json_of(std::string_view text) {
    std::string quoted(text);
    std::ranges::replace(quoted, '\'', '"');
    return boost::json::parse(quoted).as_object();
}

// Keeps the order of members, which comparing objects does not look at.
inline std::string text_of(const boost::json::object& object) {
    std::string text = boost::json::serialize(object);
    std::ranges::replace(text, '"', '\'');
    return text;
}

}  // namespace twinstorm::iothub
