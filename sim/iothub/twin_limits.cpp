#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "twinstorm/iothub/twin.h"

namespace twinstorm::iothub {
namespace {

namespace json = boost::json;

constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kBooleanBytes = 4;
constexpr std::size_t kShownKeyBytesMax = 64;

bool is_bookkeeping(std::string_view key) {
    return key == "$version" || key == "$metadata";
}

// C0 and DEL take one byte; the C1 set takes two in UTF-8, the first of them 0xC2.
std::size_t control_bytes_at(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7F) {
        return 1;
    }
    const auto after = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
    return byte == 0xC2 && after >= 0x80 && after <= 0x9F ? 2 : 0;
}

bool has_control(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (control_bytes_at(text, at) != 0) {
            return true;
        }
    }
    return false;
}

std::size_t key_size(std::string_view key) {
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < key.size();) {
        const std::size_t control = control_bytes_at(key, at);
        bytes += control == 0 ? 1 : 0;
        at += std::max<std::size_t>(control, 1);
    }
    return bytes;
}

std::size_t value_size(const json::value& value);

std::size_t object_size(const json::object& object) {
    std::size_t bytes = 0;
    for (const auto& [key, value] : object) {
        bytes += key_size(key) + value_size(value);
    }
    return bytes;
}

std::size_t value_size(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            return 0;
        case json::kind::bool_:
            return kBooleanBytes;
        case json::kind::int64:
        case json::kind::uint64:
        case json::kind::double_:
            return kNumberBytes;
        case json::kind::string:
            return value.get_string().size();
        case json::kind::array: {
            std::size_t bytes = 0;
            for (const json::value& element : value.get_array()) {
                bytes += value_size(element);
            }
            return bytes;
        }
        case json::kind::object:
            return object_size(value.get_object());
    }
    return 0;
}

// A key for a message: ends between two characters of UTF-8.
std::string shown(std::string_view key) {
    std::size_t end = std::min(key.size(), kShownKeyBytesMax);
    while (end > 0 && end < key.size() && (static_cast<unsigned char>(key[end]) & 0xC0) == 0x80) {
        --end;
    }
    return fmt::format("`{}{}`", key.substr(0, end), end < key.size() ? "..." : "");
}

Result<void> check_key(std::string_view key) {
    if (key.size() > twin_limit::kKeyBytesMax) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("The key {} has {} bytes; at most {} are allowed.", shown(key),
                                key.size(), twin_limit::kKeyBytesMax));
    }
    if (key.find_first_of(".$ ") != std::string_view::npos || has_control(key)) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("The key {} holds a `.`, a `$`, a space or a control character.",
                                shown(key)));
    }
    return {};
}

bool is_in_range(const json::value& value) {
    switch (value.kind()) {
        case json::kind::int64:
            return value.get_int64() >= twin_limit::kIntegerMin &&
                   value.get_int64() <= twin_limit::kIntegerMax;
        case json::kind::uint64:
            return value.get_uint64() <= static_cast<std::uint64_t>(twin_limit::kIntegerMax);
        case json::kind::double_: {
            // An integer literal beyond 64 bits is parsed to a double, and a double beyond 2^53
            // is always an integer: JSON knows no difference between the two.
            const double number = value.get_double();
            return std::isfinite(number) &&
                   (number != std::floor(number) ||
                    (number >= static_cast<double>(twin_limit::kIntegerMin) &&
                     number <= static_cast<double>(twin_limit::kIntegerMax)));
        }
        default:
            return true;
    }
}

Result<void> check_scalar(std::string_view key, const json::value& value) {
    if (value.is_string() && value.get_string().size() > twin_limit::kStringBytesMax) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("The text at {} has {} bytes; at most {} are allowed.", shown(key),
                                value.get_string().size(), twin_limit::kStringBytesMax));
    }
    if (!is_in_range(value)) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("The integer at {} is outside {} to {}.", shown(key),
                                twin_limit::kIntegerMin, twin_limit::kIntegerMax));
    }
    return {};
}

Result<void> check_object(const json::object& object, int depth);

// `depth` is that of the value itself, should it be an object or an array.
Result<void> check_value(std::string_view key, const json::value& value, int depth) {
    if (!value.is_structured()) {
        return check_scalar(key, value);
    }
    if (depth > twin_limit::kDepthMax) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("The value at {} is nested deeper than {} levels.", shown(key),
                                twin_limit::kDepthMax));
    }
    if (value.is_object()) {
        return check_object(value.get_object(), depth);
    }
    for (const json::value& element : value.get_array()) {
        if (element.is_array()) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("The array at {} holds an array; its elements may be scalars "
                                    "and objects.",
                                    shown(key)));
        }
        if (auto checked = check_value(key, element, depth + 1); !checked) {
            return checked;
        }
    }
    return {};
}

Result<void> check_object(const json::object& object, int depth) {
    for (const auto& [key, value] : object) {
        if (auto checked = check_key(key); !checked) {
            return checked;
        }
        if (auto checked = check_value(key, value, depth + 1); !checked) {
            return checked;
        }
    }
    return {};
}

}  // namespace

std::size_t twin_size(const boost::json::object& section) {
    std::size_t bytes = 0;
    for (const auto& [key, value] : section) {
        bytes += is_bookkeeping(key) ? 0 : key_size(key) + value_size(value);
    }
    return bytes;
}

Result<void> check_patch(const boost::json::object& patch, bool allow_dollar) {
    for (const auto& [key, value] : patch) {
        if (allow_dollar && is_bookkeeping(key)) {
            continue;
        }
        if (auto checked = check_key(key); !checked) {
            return checked;
        }
        if (auto checked = check_value(key, value, 1); !checked) {
            return checked;
        }
    }
    return {};
}

}  // namespace twinstorm::iothub
