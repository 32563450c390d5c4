// A place in a JSON document that somebody else wrote, and the path to it for messages.
//
// Use:    walk with at() and each_...(); read with count(), number(), ...; look at the error once,
//         at the end. The first mistake is kept: `gates[0].limit: expected a number`. After it
//         everything reads as empty, so that the walk needs no branches.
// Owner:  the caller keeps document and error alive; a cursor is a view.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/value.hpp>

#include "twinstorm/base/error.h"

namespace twinstorm::stats {

class JsonCursor {
public:
    JsonCursor(const boost::json::value& document, std::optional<Error>& error);

    [[nodiscard]] JsonCursor at(std::string_view key) const;  // Must be there.
    [[nodiscard]] bool has(std::string_view key) const;       // Is there, and not null.

    [[nodiscard]] std::uint64_t count() const;    // 0 .. 2^64 - 1.
    [[nodiscard]] std::uint32_t count32() const;  // 0 .. 2^32 - 1.
    [[nodiscard]] double number() const;          // NaN for null: see json_text.h.
    [[nodiscard]] bool flag() const;
    [[nodiscard]] std::string text() const;
    // None when the member is null or missing.
    [[nodiscard]] std::optional<std::uint64_t> optional_count(std::string_view key) const;
    [[nodiscard]] std::optional<double> optional_number(std::string_view key) const;

    void each_item(const std::function<void(const JsonCursor&)>& visit) const;
    void each_member(
        const std::function<void(std::string_view key, const JsonCursor&)>& visit) const;

    void expected(std::string_view what) const;  // Reports a mistake at this place.

private:
    JsonCursor(const boost::json::value* value, std::string path, std::optional<Error>* error)
        : value_(value), path_(std::move(path)), error_(error) {}

    // None when there is a mistake already, here or before.
    [[nodiscard]] const boost::json::value* readable() const;
    [[nodiscard]] std::string path_to(std::string_view key) const;

    const boost::json::value* value_;  // None when missing.
    std::string path_;
    std::optional<Error>* error_;
};

}  // namespace twinstorm::stats
