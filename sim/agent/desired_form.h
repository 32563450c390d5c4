// One value of a desired key: from JSON, checked, and back to JSON as the twin writes it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "twinstorm/agent/persona_template.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

// In which a duration is counted; seconds where it is not counted at all.
[[nodiscard]] Duration unit(DesiredForm form);

// None for a wrong type, a value out of range, or one that is not listed.
[[nodiscard]] std::optional<DesiredValue> from_json(const DesiredKey& key,
                                                    const boost::json::value& value);
[[nodiscard]] boost::json::value to_json(const DesiredKey& key, const DesiredValue& value);

// The value as JSON, or as the inside of a JSON string: then lists are joined by commas.
void append_value(std::string& text, const DesiredKey& key, const DesiredValue& value,
                  bool in_text);

// The most bytes that append_value() can append.
[[nodiscard]] std::size_t value_bytes_max(const DesiredKey& key);

}  // namespace twinstorm::agent
