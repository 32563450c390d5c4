// Walks over a query's text and keeps the first mistake: after one, the cursor stands at the end
// and takes nothing more, so that a parser needs no check after each step, only one at its own end.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "twinstorm/base/error.h"

namespace twinstorm::query {

class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    // All of these pass over blanks first.
    [[nodiscard]] std::size_t position();
    [[nodiscard]] bool at_end();
    [[nodiscard]] char peek();              // '\0' at the end.
    [[nodiscard]] std::string_view word();  // Letters, digits, _ and $ from here; may be empty.
    [[nodiscard]] bool is_word(std::string_view keyword);  // In any case.
    [[nodiscard]] bool at_call();                          // A word, and then a parenthesis.
    bool take(std::string_view symbol);
    bool take_word(std::string_view keyword);
    void expect(std::string_view symbol);
    void expect_word(std::string_view keyword);

    // These do not.
    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
    void skip(std::size_t bytes);

    // "expected `what`, found ...", here.
    void fail_expected(std::string_view what);
    void fail_at(std::size_t position, std::string_view message,
                 ErrorCode code = ErrorCode::kInvalidArgument);
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    void skip_blanks();
    [[nodiscard]] std::size_t column_of(std::size_t position) const;

    std::string_view text_;
    std::size_t at_ = 0;
    std::optional<Error> error_;
};

[[nodiscard]] bool is_name_character(char c);
[[nodiscard]] bool is_digit(char c);
[[nodiscard]] bool equal_in_any_case(std::string_view a, std::string_view b);
[[nodiscard]] std::size_t count_characters(std::string_view text);  // Of UTF-8.

}  // namespace twinstorm::query
