// What MQTT 3.1.1 asks of strings: UTF-8 as Unicode defines it, and the forms of topics and
// filters.
//
// Cost: ASCII goes by in the fast path, in line; only other text is looked at character by
//       character.
#pragma once

#include <optional>
#include <string_view>

#include "mqtt/plain_text.h"
#include "twinstorm/mqtt/malformation.h"

namespace twinstorm::mqtt {

namespace detail {
[[nodiscard]] std::optional<Malformation> check_characters(std::string_view text);
[[nodiscard]] std::optional<Malformation> check_topic_characters(std::string_view topic);
}  // namespace detail

// No surrogates, no overlong forms, nothing above U+10FFFF, [MQTT-1.5.3-1]; no U+0000,
// [MQTT-1.5.3-2]. Of several faults the first in the text is told.
[[nodiscard]] inline std::optional<Malformation> check_text(std::string_view text) {
    return plain_text<'\0'>(text) ? std::nullopt : detail::check_characters(text);
}

// A text of at least one character, [MQTT-4.7.3-1], without wildcards, [MQTT-4.7.1-1].
[[nodiscard]] inline std::optional<Malformation> check_topic_name(std::string_view topic) {
    if (!topic.empty() && plain_text<'\0', '#', '+'>(topic)) [[likely]] {
        return std::nullopt;
    }
    return detail::check_topic_characters(topic);
}

// A text of at least one character whose wildcards fill a level each, [MQTT-4.7.1-3], '#' only
// as the last, [MQTT-4.7.1-2].
[[nodiscard]] std::optional<Malformation> check_filter(std::string_view filter);

}  // namespace twinstorm::mqtt
