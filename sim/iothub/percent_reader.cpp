#include "iothub/percent_reader.h"

namespace twinstorm::iothub {
namespace {

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return -1;
}

}  // namespace

std::optional<char> PercentReader::next() {
    if (rest_.empty() || failed_) {
        return std::nullopt;
    }
    if (rest_.front() != '%') {
        const char plain = rest_.front();
        rest_.remove_prefix(1);
        return plain;
    }
    const int high = rest_.size() < 3 ? -1 : hex_value(rest_[1]);
    const int low = rest_.size() < 3 ? -1 : hex_value(rest_[2]);
    if (high < 0 || low < 0) {
        failed_ = true;
        return std::nullopt;
    }
    rest_.remove_prefix(3);
    return static_cast<char>(static_cast<unsigned char>(high * 16 + low));
}

std::string_view PercentReader::next_plain() {
    const std::string_view plain = rest_.substr(0, rest_.find('%'));
    rest_.remove_prefix(plain.size());
    return plain;
}

std::optional<std::size_t> decoded_size(std::string_view encoded) {
    PercentReader reader(encoded);
    std::size_t bytes = reader.next_plain().size();
    while (reader.next()) {
        bytes += 1 + reader.next_plain().size();
    }
    return reader.failed() ? std::nullopt : std::optional(bytes);
}

bool decoded_starts_with(std::string_view encoded, std::string_view prefix) {
    PercentReader reader(encoded);
    for (const char expected : prefix) {
        if (reader.next() != expected) {
            return false;
        }
    }
    return true;
}

bool decodes_to(std::string_view encoded, std::string_view plain) {
    // An escape is longer than what it stands for: most are told apart by their sizes.
    if (encoded.size() <= plain.size()) {
        return encoded == plain && plain.find('%') == std::string_view::npos;
    }
    PercentReader reader(encoded);
    for (const char expected : plain) {
        if (reader.next() != expected) {
            return false;
        }
    }
    return !reader.next() && !reader.failed();
}

}  // namespace twinstorm::iothub
