#include "twinstorm/iothub/percent.h"

#include <array>

#include "iothub/percent_reader.h"

namespace twinstorm::iothub {
namespace {

// Not std::isalnum: that asks the locale. [RFC 3986, 2.3]
constexpr auto kIsUnreserved = [] {
    std::array<bool, 256> is_unreserved{};
    for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-._~")) {
        is_unreserved[static_cast<unsigned char>(c)] = true;
    }
    return is_unreserved;
}();

}  // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded(3 * text.size(), '\0');
    char* at = encoded.data();
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (kIsUnreserved[byte]) {
            *at++ = c;
            continue;
        }
        *at++ = '%';
        *at++ = kDigits[byte >> 4];
        *at++ = kDigits[byte & 0xF];
    }
    encoded.resize(static_cast<std::size_t>(at - encoded.data()));
    return encoded;
}

Result<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    PercentReader reader(text);
    decoded += reader.next_plain();
    while (const auto byte = reader.next()) {
        decoded += *byte;
        decoded += reader.next_plain();
    }
    if (reader.failed()) {
        // The text stays out of the message: it may be part of a token.
        return fail(ErrorCode::kInvalidArgument,
                    "A `%` is not followed by two hexadecimal digits.");
    }
    return decoded;
}

}  // namespace twinstorm::iothub
