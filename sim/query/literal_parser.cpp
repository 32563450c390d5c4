#include "query/literal_parser.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace twinstorm::query {
namespace {

constexpr std::size_t kEscapeDigits = 4;
constexpr std::uint32_t kHighSurrogate = 0xD800;
constexpr std::uint32_t kLowSurrogate = 0xDC00;
constexpr std::uint32_t kSurrogateEnd = 0xE000;

// None unless all of the text is a number.
template <class Number, class... Format>
std::optional<Number> to_number(std::string_view text, Format... format) {
    Number number{};
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, format...);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(number)
                                                                    : std::nullopt;
}

void append_utf8(std::string& text, std::uint32_t code) {
    const auto continuation = [](std::uint32_t bits) {
        return static_cast<char>(0x80U | (bits & 0x3FU));
    };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0U | (code >> 6U));
        text += continuation(code);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0U | (code >> 12U));
        text += continuation(code >> 6U);
        text += continuation(code);
    } else {
        text += static_cast<char>(0xF0U | (code >> 18U));
        text += continuation(code >> 12U);
        text += continuation(code >> 6U);
        text += continuation(code);
    }
}

// The four digits after `\u`, which stands at the beginning of `text`.
std::optional<std::uint32_t> unit_at(std::string_view text) {
    if (!text.starts_with("\\u") || text.size() < 2 + kEscapeDigits) {
        return std::nullopt;
    }
    return to_number<std::uint32_t>(text.substr(2, kEscapeDigits), 16);
}

// `\uXXXX`, or two of them for a character beyond the basic plane. The bytes read; 0: malformed.
std::size_t read_unicode(std::string_view text, std::string& out) {
    const auto unit = unit_at(text);
    if (!unit || (*unit >= kLowSurrogate && *unit < kSurrogateEnd)) {
        return 0;
    }
    if (*unit < kHighSurrogate || *unit >= kSurrogateEnd) {
        append_utf8(out, *unit);
        return 2 + kEscapeDigits;
    }
    const auto low = unit_at(text.substr(2 + kEscapeDigits));
    if (!low || *low < kLowSurrogate || *low >= kSurrogateEnd) {
        return 0;
    }
    append_utf8(out, 0x10000 + ((*unit - kHighSurrogate) << 10U) + (*low - kLowSurrogate));
    return 2 * (2 + kEscapeDigits);
}

std::size_t read_escape(std::string_view text, std::string& out) {
    if (text.size() >= 2 && (text[1] == '\'' || text[1] == '"' || text[1] == '\\')) {
        out += text[1];
        return 2;
    }
    return read_unicode(text, out);
}

bool is_number_character(char c) {
    return is_digit(c) || c == '.' || c == '+' || c == '-' || is_name_character(c);
}

// The longest stretch that could be one number; a sign only at its beginning or after an `e`.
std::string_view number_text(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_number_character(text[end])) {
        const bool sign = text[end] == '+' || text[end] == '-';
        const bool hexadecimal = text.find_first_of("xX") < end;
        if (sign && end > 0 && (hexadecimal || (text[end - 1] | 0x20) != 'e')) {
            break;
        }
        ++end;
    }
    return text.substr(0, end);
}

std::optional<Literal> to_integer(std::string_view text) {
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    const std::string_view digits = hexadecimal ? text.substr(2) : text;
    const int base = hexadecimal ? 16 : 10;
    if (hexadecimal && digits.starts_with('-')) {
        return std::nullopt;
    }
    if (const auto number = to_number<std::int64_t>(digits, base)) {
        return *number;
    }
    if (const auto number = to_number<std::uint64_t>(digits, base)) {
        return *number;
    }
    return std::nullopt;
}

Literal parse_number(Cursor& cursor) {
    const std::size_t position = cursor.position();
    const std::string_view text = number_text(cursor.rest());
    if (auto integer = to_integer(text)) {
        cursor.skip(text.size());
        return *integer;
    }
    const auto real = to_number<double>(text, std::chars_format::general);
    if (!real || !std::isfinite(*real)) {
        cursor.fail_at(position, "this is no number, or too large for one");
        return nullptr;
    }
    cursor.skip(text.size());
    return *real;
}

}  // namespace

bool at_literal(Cursor& cursor) {
    const char c = cursor.peek();
    if (c == '\'' || c == '"' || c == '-' || is_digit(c)) {
        return true;
    }
    if (cursor.rest().substr(cursor.word().size()).starts_with('.')) {
        return false;  // A path that begins like a constant.
    }
    return cursor.is_word("true") || cursor.is_word("false") || cursor.is_word("null");
}

Literal parse_literal(Cursor& cursor) {
    const char c = cursor.peek();
    if (c == '\'' || c == '"') {
        return parse_string(cursor);
    }
    if (c == '-' || is_digit(c)) {
        return parse_number(cursor);
    }
    if (cursor.take_word("true")) {
        return true;
    }
    if (cursor.take_word("false")) {
        return false;
    }
    if (!cursor.take_word("null")) {
        cursor.fail_expected("a constant such as 'text', 12, true or null");
    }
    return nullptr;
}

std::vector<Literal> parse_literals(Cursor& cursor) {
    std::vector<Literal> literals;
    cursor.expect("[");
    do {
        literals.push_back(parse_literal(cursor));
    } while (cursor.take(","));
    cursor.expect("]");
    return literals;
}

std::string parse_string(Cursor& cursor) {
    const char quote = cursor.peek();
    const std::size_t position = cursor.position();
    if (quote != '\'' && quote != '"') {
        cursor.fail_expected("a text in quotes");
        return {};
    }
    cursor.skip(1);
    std::string text;
    while (!cursor.rest().empty() && cursor.rest().front() != quote) {
        const std::string_view rest = cursor.rest();
        if (rest.front() != '\\') {
            text += rest.front();
            cursor.skip(1);
            continue;
        }
        const std::size_t bytes = read_escape(rest, text);
        if (bytes == 0) {
            cursor.fail_at(cursor.position(), R"(an escape is one of \' \" \\ and \uXXXX)");
            return {};
        }
        cursor.skip(bytes);
    }
    if (cursor.rest().empty()) {
        cursor.fail_at(position, "this text has no closing quote");
    }
    cursor.skip(1);
    return text;
}

std::uint64_t parse_count(Cursor& cursor) {
    const std::string_view text = cursor.word();
    const auto number = to_number<std::uint64_t>(text);
    if (!number || *number == 0) {
        cursor.fail_expected("a whole number of at least 1");
        return 0;
    }
    cursor.skip(text.size());
    return *number;
}

}  // namespace twinstorm::query
