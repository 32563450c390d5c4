#include "defender/message_type.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace twinstorm::defender {

std::optional<MessageType> parse_message_type(std::string_view text) {
    constexpr std::string_view kSeparators = ".---";
    constexpr std::size_t kDigitsMax = 4;
    std::array<unsigned, 5> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const char* const begin = text.data();
        const auto [end, error] = std::from_chars(begin, begin + text.size(), numbers[i]);
        const auto digits = static_cast<std::size_t>(end - begin);
        if (error != std::errc{} || digits > kDigitsMax) {
            return std::nullopt;
        }
        text.remove_prefix(digits);
        if (i < kSeparators.size()) {
            if (text.empty() || text.front() != kSeparators[i]) {
                return std::nullopt;
            }
            text.remove_prefix(1);
        }
    }
    const auto [major, minor, encoding, source, type] = numbers;
    if (!text.empty() || encoding > 1 || source > 1 || type != 0) {
        return std::nullopt;
    }
    return MessageType{major, minor, static_cast<MessageType::Encoding>(encoding)};
}

}  // namespace twinstorm::defender
