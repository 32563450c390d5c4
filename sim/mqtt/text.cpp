#include "mqtt/text.h"

#include <cstddef>
#include <cstdint>

namespace twinstorm::mqtt {
namespace {

// What may follow a lead byte (Unicode, table 3-7). Size 0: this byte leads nothing.
struct Sequence {
    std::size_t size;
    std::uint8_t second_min;
    std::uint8_t second_max;
};

Sequence sequence_of(std::uint8_t lead) {
    if (lead < 0xC2 || lead > 0xF4) {
        return {0, 0, 0};  // A continuation, an overlong form, or past U+10FFFF.
    }
    if (lead < 0xE0) {
        return {2, 0x80, 0xBF};
    }
    if (lead < 0xF0) {
        const std::uint8_t second_min = lead == 0xE0 ? 0xA0 : 0x80;  // Below it is overlong.
        const std::uint8_t second_max = lead == 0xED ? 0x9F : 0xBF;  // Above it are surrogates.
        return {3, second_min, second_max};
    }
    const std::uint8_t second_min = lead == 0xF0 ? 0x90 : 0x80;  // Below it is overlong.
    const std::uint8_t second_max = lead == 0xF4 ? 0x8F : 0xBF;  // Above it is past U+10FFFF.
    return {4, second_min, second_max};
}

std::uint8_t byte_at(std::string_view text, std::size_t index) {
    return static_cast<std::uint8_t>(text[index]);
}

// The bytes of the well-formed character of two to four bytes that starts the text; else 0.
std::size_t long_character_size(std::string_view text) {
    const Sequence sequence = sequence_of(byte_at(text, 0));
    if (sequence.size == 0 || text.size() < sequence.size) {
        return 0;
    }
    const std::uint8_t second = byte_at(text, 1);
    if (second < sequence.second_min || second > sequence.second_max) {
        return 0;
    }
    for (std::size_t index = 2; index < sequence.size; ++index) {
        if ((byte_at(text, index) & 0xC0) != 0x80) {
            return 0;
        }
    }
    return sequence.size;
}

bool has_wildcard(std::string_view text) {
    return text.find_first_of("#+") != std::string_view::npos;
}

bool wildcards_fill_levels(std::string_view filter) {
    for (std::size_t at = filter.find_first_of("#+"); at != std::string_view::npos;
         at = filter.find_first_of("#+", at + 1)) {
        const bool starts_level = at == 0 || filter[at - 1] == '/';
        const bool last = at + 1 == filter.size();
        const bool ends_level = last || (filter[at] == '+' && filter[at + 1] == '/');
        if (!starts_level || !ends_level) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::optional<Malformation> detail::check_characters(std::string_view text) {
    while (!text.empty()) {
        if (text.front() == '\0') {
            return Malformation::kNullCharacter;
        }
        const std::size_t size = byte_at(text, 0) < 0x80 ? 1 : long_character_size(text);
        if (size == 0) {
            return Malformation::kInvalidUtf8;
        }
        text.remove_prefix(size);
    }
    return std::nullopt;
}

std::optional<Malformation> detail::check_topic_characters(std::string_view topic) {
    if (topic.empty()) {
        return Malformation::kEmptyTopic;
    }
    if (const auto malformation = check_characters(topic)) {
        return malformation;
    }
    return has_wildcard(topic) ? std::optional(Malformation::kWildcardInTopic) : std::nullopt;
}

std::optional<Malformation> check_filter(std::string_view filter) {
    if (filter.empty()) {
        return Malformation::kEmptyTopic;
    }
    if (const auto malformation = check_text(filter)) {
        return malformation;
    }
    if (!wildcards_fill_levels(filter)) {
        return Malformation::kBadFilter;
    }
    return std::nullopt;
}

}  // namespace twinstorm::mqtt
