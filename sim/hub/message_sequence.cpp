#include "hub/message_sequence.h"

#include <cstddef>

namespace twinstorm::hub {
namespace {

constexpr std::size_t kDigitsMax = 18;  // Below 2^63.
constexpr std::size_t kGuidBytes = 36;

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

bool is_guid(std::string_view text) {
    return text.size() == kGuidBytes && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
           text[23] == '-';
}

// Where the digits at the end begin. Two hexadecimal digits after a `%` are no digits of the id.
std::size_t digits_begin(std::string_view text) {
    std::size_t begin = text.size();
    while (begin > 0 && is_digit(text[begin - 1])) {
        --begin;
    }
    if (begin >= 1 && text[begin - 1] == '%') {
        return begin + 2;
    }
    if (begin >= 2 && text[begin - 2] == '%') {
        return begin + 1;
    }
    return begin;
}

}  // namespace

std::optional<std::uint64_t> trailing_sequence(std::string_view message_id) {
    const std::size_t begin = digits_begin(message_id);
    if (begin >= message_id.size() || message_id.size() - begin > kDigitsMax ||
        is_guid(message_id)) {
        return std::nullopt;
    }
    std::uint64_t sequence = 0;
    for (const char digit : message_id.substr(begin)) {
        sequence = sequence * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return sequence;
}

}  // namespace twinstorm::hub
