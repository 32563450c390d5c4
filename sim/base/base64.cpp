#include "twinstorm/base/base64.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "twinstorm/base/check.h"

namespace twinstorm {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr auto kIsDigit = [] {
    std::array<bool, 256> is_digit{};
    for (const char digit : kDigits) {
        is_digit[static_cast<unsigned char>(digit)] = true;
    }
    return is_digit;
}();
constexpr std::size_t kBytesMax = std::size_t{1} << 28;  // OpenSSL counts in int.

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
    TWINSTORM_CHECK(bytes.size() <= kBytesMax);
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a NUL.
    const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                        bytes_of(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(written));
    return text;
}

Result<std::string> base64_decode(std::string_view text) {
    std::string_view digits = text;
    for (int padding = 0; padding < 2 && digits.ends_with('='); ++padding) {
        digits.remove_suffix(1);
    }
    // OpenSSL forgives blanks and misplaced padding; keys and signatures must be exact.
    if (text.size() % 4 != 0 || text.size() > kBytesMax ||
        !std::ranges::all_of(digits, [](unsigned char c) { return kIsDigit[c]; })) {
        return fail(ErrorCode::kInvalidArgument, "The text is not base64.");
    }
    std::string bytes(text.size() / 4 * 3, '\0');
    const int written = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                        bytes_of(text), static_cast<int>(text.size()));
    if (written < 0) {
        return fail(ErrorCode::kInvalidArgument, "The text is not base64.");
    }
    bytes.resize(bytes.size() - (text.size() - digits.size()));
    return bytes;
}

}  // namespace twinstorm
