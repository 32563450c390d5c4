#include "report/text.h"

#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace twinstorm::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<std::uint8_t>(text[at]) & 0xC0) == 0x80;
}

// The length of the well-formed sequence at `at` (Unicode table 3-7), or 0.
std::size_t sequence_length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t offset) {
        return static_cast<std::uint8_t>(text[at + offset]);
    };
    if (byte(0) < 0x80) {
        return 1;
    }
    const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
    if (byte(0) < 0xC2 || byte(0) > 0xF4) {
        return 0;
    }
    for (std::size_t offset = 1; offset < length; ++offset) {
        if (!continues(text, at + offset)) {
            return 0;
        }
    }
    const bool overlong =
        (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
    const bool surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
    const bool beyond = byte(0) == 0xF4 && byte(1) >= 0x90;
    return overlong || surrogate || beyond ? 0 : length;
}

bool is_control(std::string_view sequence) {
    const auto first = static_cast<std::uint8_t>(sequence[0]);
    if (sequence.size() == 1) {
        return (first < 0x20 && first != '\n' && first != '\t') || first == 0x7F;
    }
    // C1 controls, and U+FFFE and U+FFFF, which XML forbids.
    return (sequence.size() == 2 && first == 0xC2 &&
            static_cast<std::uint8_t>(sequence[1]) < 0xA0) ||
           sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF";
}

std::string one_line(std::string_view text) {
    std::string line = printable(text);
    for (char& character : line) {
        if (character == '\n' || character == '\t') {
            character = ' ';
        }
    }
    return line;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = sequence_length(text, at);
        const std::string_view sequence = text.substr(at, length == 0 ? 1 : length);
        at += sequence.size();
        if (sequence == "\r") {
            continue;  // Windows line ends.
        }
        clean += length == 0 || is_control(sequence) ? kReplacement : sequence;
    }
    return clean;
}

std::string html_text(std::string_view text) {
    std::string escaped;
    for (const char character : printable(text)) {
        switch (character) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += character;
        }
    }
    return escaped;
}

std::string json_string(std::string_view text) {
    std::string escaped = "\"";
    for (const char character : printable(text)) {
        switch (character) {
            case '"':
                escaped += "\\\"";
                break;
            case '\\':
                escaped += "\\\\";
                break;
            case '\n':
                escaped += "\\n";
                break;
            case '\t':
                escaped += "\\t";
                break;
            // Neither `</script>` nor `<!--` can arise from these.
            case '<':
                escaped += "\\u003c";
                break;
            case '>':
                escaped += "\\u003e";
                break;
            case '&':
                escaped += "\\u0026";
                break;
            default:
                escaped += character;
        }
    }
    return escaped + "\"";
}

std::string csv_field(std::string_view text) {
    const std::string clean = printable(text);
    if (clean.find_first_of(",\"\n") == std::string::npos) {
        return clean;
    }
    std::string quoted = "\"";
    for (const char character : clean) {
        quoted += character;
        if (character == '"') {
            quoted += '"';
        }
    }
    return quoted + "\"";
}

std::string markdown_text(std::string_view text) {
    constexpr std::string_view kSpecial = "\\`*_[]~|";
    constexpr std::string_view kSpecialFirst = "#+-";  // A heading or a list, at a line's start.
    std::string escaped;
    for (const char character : one_line(text)) {
        if (escaped.empty() && kSpecialFirst.find(character) != std::string_view::npos) {
            escaped += '\\';
        }
        switch (character) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            default:
                if (kSpecial.find(character) != std::string_view::npos) {
                    escaped += '\\';
                }
                escaped += character;
        }
    }
    return escaped;
}

std::string markdown_code(std::string_view text) {
    std::string inner;
    std::size_t ticks_longest = 0;
    std::size_t ticks = 0;
    for (const char character : one_line(text)) {
        ticks = character == '`' ? ticks + 1 : 0;
        ticks_longest = ticks > ticks_longest ? ticks : ticks_longest;
        inner += character == '|' ? "\\|" : std::string(1, character);
    }
    const std::string fence(ticks_longest + 1, '`');
    const std::string_view space = ticks_longest > 0 ? " " : "";
    return fmt::format("{}{}{}{}{}", fence, space, inner, space, fence);
}

}  // namespace twinstorm::report
