// Instants of ISO 8601 as services write them: `2026-01-01T00:00:00Z`, with a fraction and an
// offset where they have one. Without an offset it is UTC.
#pragma once

#include <optional>
#include <string_view>

#include "twinstorm/base/time.h"

namespace twinstorm::hub {

// None for any other text, and for what nanoseconds in 64 bits cannot tell: 1970 to 2261.
[[nodiscard]] std::optional<WallTime> read_iso_instant(std::string_view text);

}  // namespace twinstorm::hub
