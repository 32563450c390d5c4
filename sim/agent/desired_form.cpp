#include "agent/desired_form.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>

#include "agent/iso_duration.h"

namespace twinstorm::agent {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

std::optional<std::int64_t> integer(const json::value& value) {
    if (const std::int64_t* number = value.if_int64()) {
        return *number;
    }
    const std::uint64_t* number = value.if_uint64();
    if (number != nullptr && std::in_range<std::int64_t>(*number)) {
        return static_cast<std::int64_t>(*number);
    }
    return std::nullopt;
}

std::optional<DesiredValue> number(const json::value& value) {
    if (!value.is_number()) {
        return std::nullopt;
    }
    return value.to_number<double>();
}

std::optional<DesiredValue> duration(DesiredForm form, const json::value& value) {
    if (form == DesiredForm::kIso8601) {
        const json::string* const text = value.if_string();
        const auto parsed =
            text == nullptr ? std::nullopt : parse_iso_duration(std::string_view(*text));
        return parsed ? std::optional<DesiredValue>(*parsed) : std::nullopt;
    }
    const std::optional<std::int64_t> count = integer(value);
    const Duration one = unit(form);
    if (!count || *count < 0 || *count > std::numeric_limits<std::int64_t>::max() / one.count()) {
        return std::nullopt;
    }
    return *count * one;
}

std::string_view without_blanks(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> items;
    if (without_blanks(text).empty()) {
        return items;
    }
    // One more than any list may have is enough to refuse it.
    while (items.size() <= kDesiredItemsMax) {
        const std::size_t comma = text.find(',');
        items.emplace_back(without_blanks(text.substr(0, comma)));
        if (comma == std::string_view::npos) {
            break;
        }
        text.remove_prefix(comma + 1);
    }
    return items;
}

std::optional<DesiredValue> list(DesiredForm form, const json::value& value) {
    if (form == DesiredForm::kText) {
        const json::string* const text = value.if_string();
        return text == nullptr ? std::nullopt : std::optional<DesiredValue>(split(*text));
    }
    const json::array* const array = value.if_array();
    if (array == nullptr || array->size() > kDesiredItemsMax) {
        return std::nullopt;
    }
    std::vector<std::string> items;
    for (const json::value& item : *array) {
        const json::string* const text = item.if_string();
        if (text == nullptr) {
            return std::nullopt;
        }
        items.emplace_back(*text);
    }
    return items;
}

std::optional<DesiredValue> read(const DesiredKey& key, const json::value& value) {
    switch (key.type) {
        case DesiredType::kBoolean:
            return value.is_bool() ? std::optional<DesiredValue>(value.get_bool()) : std::nullopt;
        case DesiredType::kInteger: {
            const auto whole = integer(value);
            return whole ? std::optional<DesiredValue>(*whole) : std::nullopt;
        }
        case DesiredType::kNumber:
            return number(value);
        case DesiredType::kString:
        case DesiredType::kEnum:
            return value.is_string() ? std::optional<DesiredValue>(std::string(value.get_string()))
                                     : std::nullopt;
        case DesiredType::kDuration:
            return duration(key.form, value);
        case DesiredType::kList:
            return list(key.form, value);
    }
    return std::nullopt;
}

std::string join(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) {
        text.append(text.empty() ? "" : ",").append(item);
    }
    return text;
}

bool is_listed(const DesiredKey& key, std::string_view value) {
    return std::find(key.values.begin(), key.values.end(), value) != key.values.end();
}

bool permits_items(const DesiredKey& key, const std::vector<std::string>& items) {
    const auto fits = [&](const std::string& item) {
        return key.values.empty() || is_listed(key, item);
    };
    return std::ssize(items) >= key.min && std::ssize(items) <= key.max &&
           join(items).size() <= kDesiredTextBytesMax &&
           std::all_of(items.begin(), items.end(), fits);
}

}  // namespace

bool permits(const DesiredKey& key, const DesiredValue& value) {
    const auto within = [&](std::int64_t number) { return number >= key.min && number <= key.max; };
    switch (key.type) {
        case DesiredType::kBoolean:
            return true;
        case DesiredType::kInteger:
            return within(std::get<std::int64_t>(value));
        case DesiredType::kNumber:
            return std::get<double>(value) >= key.number_min &&
                   std::get<double>(value) <= key.number_max;
        case DesiredType::kString:
            return within(std::ssize(std::get<std::string>(value)));
        case DesiredType::kDuration:
            return within(std::get<Duration>(value).count());
        case DesiredType::kEnum:
            return is_listed(key, std::get<std::string>(value));
        case DesiredType::kList:
            return permits_items(key, std::get<std::vector<std::string>>(value));
    }
    return false;
}

Duration unit(DesiredForm form) {
    switch (form) {
        case DesiredForm::kMilliseconds:
            return 1ms;
        case DesiredForm::kMinutes:
            return 1min;
        case DesiredForm::kHours:
            return 1h;
        case DesiredForm::kSeconds:
        case DesiredForm::kIso8601:
        case DesiredForm::kArray:
        case DesiredForm::kText:
            break;
    }
    return 1s;
}

std::optional<DesiredValue> from_json(const DesiredKey& key, const json::value& value) {
    std::optional<DesiredValue> read_value = read(key, value);
    if (read_value && !permits(key, *read_value)) {
        return std::nullopt;
    }
    return read_value;
}

json::value to_json(const DesiredKey& key, const DesiredValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) {
        return *flag;
    }
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        return *whole;
    }
    if (const auto* real = std::get_if<double>(&value)) {
        return *real;
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
        return json::value(*text);
    }
    if (const auto* time = std::get_if<Duration>(&value)) {
        return key.form == DesiredForm::kIso8601 ? json::value(format_iso_duration(*time))
                                                 : json::value(*time / unit(key.form));
    }
    const auto& items = std::get<std::vector<std::string>>(value);
    if (key.form == DesiredForm::kText) {
        return json::value(join(items));
    }
    return json::array(items.begin(), items.end());
}

}  // namespace twinstorm::agent
