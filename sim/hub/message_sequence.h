// The sequence number that a message id ends in: `gw-1/42` gives 42.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace twinstorm::hub {

// `message_id` is still percent-encoded, as it stands in the topic. None when it does not end in
// 1..18 decimal digits, and for a GUID, whose last digits count nothing.
[[nodiscard]] std::optional<std::uint64_t> trailing_sequence(std::string_view message_id);

}  // namespace twinstorm::hub
