#include "twinstorm/iothub/percent.h"

#include "iothub/percent_reader.h"

namespace twinstorm::iothub {
namespace {

// Not std::isalnum: that asks the locale. [RFC 3986, 2.3]
bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kDigits[byte >> 4];
        encoded += kDigits[byte & 0xF];
    }
    return encoded;
}

Result<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    PercentReader reader(text);
    while (const auto byte = reader.next()) {
        decoded += *byte;
    }
    if (reader.failed()) {
        // The text stays out of the message: it may be part of a token.
        return fail(ErrorCode::kInvalidArgument,
                    "A `%` is not followed by two hexadecimal digits.");
    }
    return decoded;
}

}  // namespace twinstorm::iothub
