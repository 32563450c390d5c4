#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string_view>
#include <variant>

#include "agent/desired_form.h"
#include "agent/iso_duration.h"
#include "agent/json_text.h"

namespace twinstorm::agent {
namespace {

constexpr std::size_t kIntegerBytesMax = 20;
constexpr std::size_t kNumberBytesMax = 32;
constexpr std::size_t kIsoBytesMax = 48;

void append_signed(std::string& text, std::int64_t value) {
    std::array<char, kIntegerBytesMax> digits;
    text.append(digits.data(), std::to_chars(digits.data(), digits.end(), value).ptr);
}

void append_double(std::string& text, double value) {
    std::array<char, kNumberBytesMax> digits;
    text.append(digits.data(), std::to_chars(digits.data(), digits.end(), value).ptr);
}

void append_text(std::string& text, std::string_view value, bool in_text) {
    text += in_text ? "" : "\"";
    append_escaped(text, value);
    text += in_text ? "" : "\"";
}

void append_items(std::string& text, const std::vector<std::string>& items, std::string_view mark) {
    bool first = true;
    for (const std::string& item : items) {
        text += first ? "" : ",";
        text += mark;
        append_escaped(text, item);
        text += mark;
        first = false;
    }
}

class Appender {
public:
    Appender(std::string& text, const DesiredKey& key, bool in_text)
        : text_(text), key_(key), in_text_(in_text) {}

    void operator()(bool value) { text_ += value ? "true" : "false"; }
    void operator()(std::int64_t value) { append_signed(text_, value); }
    void operator()(double value) { append_double(text_, value); }
    void operator()(Duration value) {
        if (key_.form == DesiredForm::kIso8601) {
            text_ += in_text_ ? "" : "\"";
            append_iso_duration(text_, value);
            text_ += in_text_ ? "" : "\"";
        } else {
            append_signed(text_, value / unit(key_.form));
        }
    }
    void operator()(const std::string& value) { append_text(text_, value, in_text_); }
    void operator()(const std::vector<std::string>& items) {
        if (in_text_) {
            append_items(text_, items, "");
        } else if (key_.form == DesiredForm::kText) {
            text_ += '"';
            append_items(text_, items, "");
            text_ += '"';
        } else {
            text_ += '[';
            append_items(text_, items, "\"");
            text_ += ']';
        }
    }

private:
    std::string& text_;
    const DesiredKey& key_;
    bool in_text_;
};

}  // namespace

void append_value(std::string& text, const DesiredKey& key, const DesiredValue& value,
                  bool in_text) {
    std::visit(Appender(text, key, in_text), value);
}

std::size_t value_bytes_max(const DesiredKey& key) {
    // Of a text byte, when it is a control character.
    constexpr std::size_t kEscapedBytesMax = 6;
    switch (key.type) {
        case DesiredType::kBoolean:
        case DesiredType::kInteger:
            return kIntegerBytesMax;
        case DesiredType::kNumber:
            return kNumberBytesMax;
        case DesiredType::kDuration:
            return kIsoBytesMax;
        case DesiredType::kString:
            return 2 + kEscapedBytesMax * static_cast<std::size_t>(key.max);
        case DesiredType::kEnum: {
            std::size_t longest = 0;
            for (const std::string& value : key.values) {
                longest = std::max(longest, value.size());
            }
            return 2 + kEscapedBytesMax * longest;
        }
        case DesiredType::kList:  // Quotes and commas, too.
            return 2 + kEscapedBytesMax * kDesiredTextBytesMax + 3 * kDesiredItemsMax;
    }
    return 0;
}

}  // namespace twinstorm::agent
