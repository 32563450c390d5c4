#include "stats/json_cursor.h"

#include <limits>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace twinstorm::stats {

namespace json = boost::json;

JsonCursor::JsonCursor(const json::value& document, std::optional<Error>& error)
    : JsonCursor(&document, {}, &error) {}

JsonCursor JsonCursor::at(std::string_view key) const {
    const json::value* const value = readable();
    if (value == nullptr) {
        return {nullptr, {}, error_};
    }
    if (!value->is_object()) {
        expected("an object");
        return {nullptr, {}, error_};
    }
    JsonCursor member(value->get_object().if_contains(key), path_to(key), error_);
    if (member.value_ == nullptr) {
        member.expected("this member, which is missing");
    }
    return member;
}

bool JsonCursor::has(std::string_view key) const {
    const json::value* const value = readable();
    if (value == nullptr || !value->is_object()) {
        return false;
    }
    const json::value* const member = value->get_object().if_contains(key);
    return member != nullptr && !member->is_null();
}

std::uint64_t JsonCursor::count() const {
    const json::value* const value = readable();
    if (value == nullptr) {
        return 0;
    }
    if (value->is_uint64()) {
        return value->get_uint64();
    }
    if (value->is_int64() && value->get_int64() >= 0) {
        return static_cast<std::uint64_t>(value->get_int64());
    }
    expected("a whole number, not negative");
    return 0;
}

std::uint32_t JsonCursor::count32() const {
    const std::uint64_t wide = count();
    if (wide > std::numeric_limits<std::uint32_t>::max()) {
        expected("a whole number below 2^32");
        return 0;
    }
    return static_cast<std::uint32_t>(wide);
}

double JsonCursor::number() const {
    const json::value* const value = readable();
    if (value == nullptr) {
        return 0;
    }
    if (value->is_null()) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (value->is_double()) {
        return value->get_double();
    }
    if (value->is_int64()) {
        return static_cast<double>(value->get_int64());
    }
    if (value->is_uint64()) {
        return static_cast<double>(value->get_uint64());
    }
    expected("a number");
    return 0;
}

bool JsonCursor::flag() const {
    const json::value* const value = readable();
    if (value == nullptr) {
        return false;
    }
    if (!value->is_bool()) {
        expected("true or false");
        return false;
    }
    return value->get_bool();
}

std::string JsonCursor::text() const {
    const json::value* const value = readable();
    if (value == nullptr) {
        return {};
    }
    if (!value->is_string()) {
        expected("a string");
        return {};
    }
    return {value->get_string().data(), value->get_string().size()};
}

std::optional<std::uint64_t> JsonCursor::optional_count(std::string_view key) const {
    return has(key) ? std::optional(at(key).count()) : std::nullopt;
}

std::optional<double> JsonCursor::optional_number(std::string_view key) const {
    return has(key) ? std::optional(at(key).number()) : std::nullopt;
}

void JsonCursor::each_item(const std::function<void(const JsonCursor&)>& visit) const {
    const json::value* const value = readable();
    if (value == nullptr) {
        return;
    }
    if (!value->is_array()) {
        expected("an array");
        return;
    }
    std::size_t index = 0;
    for (const json::value& item : value->get_array()) {
        visit({&item, fmt::format("{}[{}]", path_, index), error_});
        ++index;
    }
}

void JsonCursor::each_member(
    const std::function<void(std::string_view key, const JsonCursor&)>& visit) const {
    const json::value* const value = readable();
    if (value == nullptr) {
        return;
    }
    if (!value->is_object()) {
        expected("an object");
        return;
    }
    for (const json::key_value_pair& member : value->get_object()) {
        const std::string_view key(member.key().data(), member.key().size());
        visit(key, {&member.value(), path_to(key), error_});
    }
}

void JsonCursor::expected(std::string_view what) const {
    if (!*error_) {
        const std::string_view where = path_.empty() ? "the document" : std::string_view(path_);
        *error_ = Error{ErrorCode::kInvalidArgument, fmt::format("{}: expected {}", where, what)};
    }
}

const json::value* JsonCursor::readable() const {
    return *error_ ? nullptr : value_;
}

std::string JsonCursor::path_to(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

}  // namespace twinstorm::stats
