#include "amqp/selector.h"

#include <charconv>
#include <cstdint>
#include <optional>

namespace twinstorm::amqp {

namespace {

using Position = events::Position;

// The descriptor of `apache.org:selector-filter:string`.
constexpr std::uint64_t kSelectorCode = 0x468C00000004;
constexpr std::string_view kSelectorName = "apache.org:selector-filter:string";

[[nodiscard]] std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
    }
    while (text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    return text;
}

[[nodiscard]] std::optional<Position::Kind> kind_of(std::string_view annotation) {
    if (annotation == "amqp.annotation.x-opt-offset") {
        return Position::Kind::kOffset;
    }
    if (annotation == "amqp.annotation.x-opt-sequence-number") {
        return Position::Kind::kSequenceNumber;
    }
    if (annotation == "amqp.annotation.x-opt-enqueued-time") {
        return Position::Kind::kEnqueuedTime;
    }
    return std::nullopt;
}

[[nodiscard]] bool is_selector(const Value& filter) {
    if (filter.kind != Value::Kind::kDescribed || !filter.items[1].is_text()) {
        return false;
    }
    const Value& descriptor = filter.items[0];
    return descriptor.text == kSelectorName || (descriptor.kind == Value::Kind::kUnsigned &&
                                                descriptor.unsigned_number() == kSelectorCode);
}

}  // namespace

Result<Position> parse_selector(std::string_view text) {
    const auto wrong = [text] {
        return fail(ErrorCode::kInvalidArgument,
                    "the filter '" + std::string(text.substr(0, 200)) + "' is not understood");
    };
    const std::size_t comparison = text.find('>');
    if (comparison == std::string_view::npos) {
        return wrong();
    }
    const auto kind = kind_of(trimmed(text.substr(0, comparison)));
    std::string_view value = text.substr(comparison + 1);
    const bool inclusive = value.starts_with('=');
    value = trimmed(inclusive ? value.substr(1) : value);
    if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'') {
        value = value.substr(1, value.size() - 2);
    }
    if (!kind) {
        return wrong();
    }
    if (*kind == Position::Kind::kOffset && value == "@latest") {
        return Position{.kind = Position::Kind::kLatest};
    }
    Position position{.kind = *kind, .inclusive = inclusive};
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), position.value);
    if (error != std::errc{} || end != value.data() + value.size()) {
        return wrong();
    }
    return position;
}

Result<Position> starting_position(const Value& filters) {
    for (std::size_t i = 1; i < filters.items.size(); i += 2) {
        if (is_selector(filters.items[i])) {
            return parse_selector(filters.items[i].items[1].text);
        }
    }
    return Position{};
}

}  // namespace twinstorm::amqp
