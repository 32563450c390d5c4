// Instants as devices write them into `$.exp`: ISO 8601 in UTC, or Unix milliseconds.
#pragma once

#include <optional>
#include <string_view>

#include "twinstorm/base/time.h"

namespace twinstorm::events {

// `2026-01-02T03:04:05[.678][Z]` or `1767323045678`. None for anything else.
[[nodiscard]] std::optional<WallTime> parse_instant(std::string_view text);

}  // namespace twinstorm::events
