#include "dps/text.h"

#include <algorithm>

#include <fmt/format.h>

#include "dps/limits.h"
#include "twinstorm/base/base64.h"

namespace twinstorm::dps {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

bool is_registration_id(std::string_view text) {
    constexpr std::string_view kOthers = "-._:";
    return !text.empty() && text.size() <= kRegistrationIdBytesMax &&
           std::ranges::all_of(text, [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      kOthers.find(c) != std::string_view::npos;
           });
}

std::string seeded_key(std::uint64_t seed) {
    constexpr std::size_t kKeyBytes = 32;
    Random random(seed);
    std::string bytes;
    while (bytes.size() < kKeyBytes) {
        const std::uint64_t bits = random.bits();
        for (int shift = 0; shift < 64; shift += 8) {
            bytes.push_back(static_cast<char>(bits >> shift & 0xff));
        }
    }
    return base64_encode(bytes);
}

std::string hex_id(Random& random) {
    const std::uint64_t high = random.bits();
    const std::uint64_t low = random.bits();
    return fmt::format("{:016x}{:016x}", high, low);
}

std::string operation_id(Random& random) {
    const std::uint64_t head = random.bits();
    const std::string hex = hex_id(random);
    const std::string_view digits = hex;
    return fmt::format("5.{:016x}.{}-{}-{}-{}-{}", head, digits.substr(0, 8), digits.substr(8, 4),
                       digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

std::string next_etag(Random& random) {
    constexpr std::uint64_t kNumbers = 1'000'000'000;
    return base64_encode(fmt::format("{:09}", random.below(kNumbers)));
}

bool etag_matches(std::string_view if_match, std::string_view etag) {
    if (if_match.size() >= 2 && if_match.starts_with('"') && if_match.ends_with('"')) {
        if_match = if_match.substr(1, if_match.size() - 2);
    }
    return if_match == "*" || if_match == etag;
}

std::string printable(std::string_view text) {
    const bool cut = text.size() > kLogTextBytesMax;
    std::string result(text.substr(0, kLogTextBytesMax));
    for (char& character : result) {
        if (character < ' ' || character > '~') {
            character = '?';
        }
    }
    return cut ? result + "..." : result;
}

}  // namespace twinstorm::dps
