// An object of a JSON document of faults, and the path to it.
//
// Use:    allow() the names it may have, then read its members. The first mistake is kept; after it
//         everything reads as nothing, so that the walk needs no branches.
// Owner:  a reader, on its stack. The document and the mistake outlive it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "twinstorm/base/time.h"

namespace twinstorm::hub {

class FaultNode {
public:
    FaultNode(const boost::json::value* value, std::string path, std::string& mistake)
        : path_(std::move(path)), mistake_(mistake) {
        if (value == nullptr || !value->is_object()) {
            expected("an object");
            return;
        }
        object_ = &value->get_object();
    }

    // Members are of these names only; `?` opens the name of one that may be left out.
    void allow(std::initializer_list<std::string_view> names) const {
        for (const auto& member : members()) {
            const auto known = [&](std::string_view name) {
                return member.key() == name.substr(name.starts_with('?') ? 1 : 0);
            };
            if (std::none_of(names.begin(), names.end(), known)) {
                blame(member.key(), "is not known here");
            }
        }
        for (const std::string_view name : names) {
            if (!name.starts_with('?') && !has(name)) {
                blame(name, "is missing");
            }
        }
    }

    [[nodiscard]] const boost::json::object& members() const {
        static const boost::json::object kNone;
        return object_ == nullptr ? kNone : *object_;
    }
    [[nodiscard]] bool has(std::string_view key) const { return members().contains(key); }
    [[nodiscard]] FaultNode at(std::string_view key) const {
        return {members().if_contains(key), path_of(key), mistake_};
    }

    [[nodiscard]] std::uint64_t count(std::string_view key, std::uint64_t min,
                                      std::uint64_t max) const {
        const boost::json::value* const value = members().if_contains(key);
        std::optional<std::uint64_t> number;
        if (value != nullptr && value->is_uint64()) {
            number = value->get_uint64();
        } else if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
            number = static_cast<std::uint64_t>(value->get_int64());
        }
        if (!number || *number < min || *number > max) {
            blame(key, fmt::format("expected a whole number from {} to {}", min, max));
            return min;
        }
        return *number;
    }
    [[nodiscard]] Duration duration(std::string_view key, std::int64_t min_us, Duration max) const {
        return std::chrono::microseconds(
            count(key, static_cast<std::uint64_t>(min_us),
                  static_cast<std::uint64_t>(
                      std::chrono::duration_cast<std::chrono::microseconds>(max).count())));
    }
    // More than 0, at most `max`.
    [[nodiscard]] double number(std::string_view key, double max) const {
        const boost::json::value* const value = members().if_contains(key);
        const double number =
            value != nullptr && value->is_number() ? value->to_number<double>() : 0;
        if (!(number > 0 && number <= max)) {
            blame(key, fmt::format("expected a number above 0, at most {:g}", max));
            return max;
        }
        return number;
    }
    [[nodiscard]] double share() const { return number("share", 1); }
    [[nodiscard]] std::string_view text(std::string_view key) const {
        const boost::json::value* const value = members().if_contains(key);
        if (value == nullptr || !value->is_string()) {
            blame(key, "expected text");
            return {};
        }
        return value->get_string();
    }

    void blame(std::string_view key, std::string_view what) const { mistake(path_of(key), what); }
    void expected(std::string_view what) const { mistake(path_, fmt::format("expected {}", what)); }

private:
    [[nodiscard]] std::string path_of(std::string_view key) const {
        return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
    }
    void mistake(const std::string& path, std::string_view what) const {
        if (mistake_.empty()) {
            mistake_ = path.empty() ? std::string(what) : fmt::format("{}: {}", path, what);
        }
    }

    const boost::json::object* object_ = nullptr;
    std::string path_;
    std::string& mistake_;
};

}  // namespace twinstorm::hub
