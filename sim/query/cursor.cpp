#include "query/cursor.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace twinstorm::query {
namespace {

constexpr std::size_t kFoundBytesMax = 40;  // Of the user's text in a message.

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Beyond ASCII all is a letter: a message about half a character helps nobody.
bool is_name_character(char c) {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80U;
}

bool equal_in_any_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, std::not_fn(is_continuation)));
}

void Cursor::skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) {
        ++at_;
    }
}

std::size_t Cursor::position() {
    skip_blanks();
    return at_;
}

bool Cursor::at_end() {
    skip_blanks();
    return at_ == text_.size();
}

char Cursor::peek() {
    return at_end() ? '\0' : text_[at_];
}

std::string_view Cursor::word() {
    skip_blanks();
    const std::string_view left = rest();
    const auto end = std::ranges::find_if_not(left, is_name_character);
    return left.substr(0, static_cast<std::size_t>(end - left.begin()));
}

bool Cursor::is_word(std::string_view keyword) {
    return equal_in_any_case(word(), keyword);
}

bool Cursor::at_call() {
    const std::size_t name = word().size();
    const std::string_view after = rest().substr(name);
    const auto next = std::ranges::find_if_not(after, is_blank);
    return name > 0 && next != after.end() && *next == '(';
}

bool Cursor::take(std::string_view symbol) {
    skip_blanks();
    const bool here = rest().starts_with(symbol);
    at_ += here ? symbol.size() : 0;
    return here;
}

bool Cursor::take_word(std::string_view keyword) {
    const bool here = is_word(keyword);
    at_ += here ? keyword.size() : 0;
    return here;
}

void Cursor::expect(std::string_view symbol) {
    if (!take(symbol)) {
        fail_expected(fmt::format("'{}'", symbol));
    }
}

void Cursor::expect_word(std::string_view keyword) {
    if (!take_word(keyword)) {
        fail_expected(keyword);
    }
}

void Cursor::skip(std::size_t bytes) {
    at_ = std::min(at_ + bytes, text_.size());
}

void Cursor::fail_expected(std::string_view what) {
    std::string found = "the end of the text";
    if (!at_end()) {
        const std::string_view here = word().empty() ? rest().substr(0, 1) : word();
        std::size_t end = std::min(here.size(), kFoundBytesMax);
        while (end < here.size() && is_continuation(here[end])) {
            ++end;
        }
        found = fmt::format("'{}'", here.substr(0, end));
    }
    fail_at(at_, fmt::format("expected {}, found {}", what, found));
}

void Cursor::fail_at(std::size_t position, std::string_view message, ErrorCode code) {
    if (!error_) {
        error_ = Error{code, fmt::format("column {}: {}", column_of(position), message)};
    }
    at_ = text_.size();
}

// Counted from 1, in characters, as an editor shows it.
std::size_t Cursor::column_of(std::size_t position) const {
    return count_characters(text_.substr(0, position)) + 1;
}

}  // namespace twinstorm::query
