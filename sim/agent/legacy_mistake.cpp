#include "agent/legacy_mistake.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace twinstorm::agent {
namespace {

struct Words {
    std::string_view name;
    std::string_view type;
    std::string_view message;
};

// As `LegacyMistake` lists them.
constexpr std::array<Words, kLegacyMistakeCount> kWords{{
    {"TwinConfiguration", "TypeMismatch", "The module twin's configuration could not be parsed."},
    {"maxMessageSizeInBytes", "NotOptimal", "The message size is not a multiple of 4096."},
    {"maxLocalCacheSizeInBytes", "Conflict", "The cache is smaller than one message."},
    {"highPriorityMessageFrequency", "Conflict",
     "High priority messages are sent less often than low priority ones."},
}};

std::uint64_t used_value(LegacyMistake mistake, const LegacyConfiguration& used) {
    switch (mistake) {
        case LegacyMistake::kOddMessageSize:
            return used.message_bytes_max;
        case LegacyMistake::kCacheBelowMessage:
            return used.cache_bytes_max;
        case LegacyMistake::kHighAboveLow:  // In seconds.
            return static_cast<std::uint64_t>(used.high_frequency / std::chrono::seconds(1));
        case LegacyMistake::kTypeMismatch:
            break;
    }
    return 0;
}

}  // namespace

bool add_mistake(LegacyMistake mistake, const LegacyConfiguration& used, TimePoint at,
                 MessageWriter& writer) {
    const Words& words = kWords[static_cast<std::size_t>(mistake)];
    char digits[20];
    const char* const end =
        std::to_chars(digits, digits + sizeof(digits), used_value(mistake, used)).ptr;
    std::string_view value(digits, static_cast<std::size_t>(end - digits));
    if (mistake == LegacyMistake::kTypeMismatch) {
        value = "previous";
    }
    return writer.add(at, ConfigurationMistake{words.name, words.type, value, words.message});
}

}  // namespace twinstorm::agent
