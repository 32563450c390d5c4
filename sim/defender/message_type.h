// The message type indicator: `{major}.{minor}-{encoding}-{source}-{type}`, in the property `mti`.
//
// Rules:  encoding 0 JSON, 1 FlatBuffers; source 0 Azure RTOS, 1 Linux; type 0 raw events.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace twinstorm::defender {

struct MessageType {
    enum class Encoding : std::uint8_t { kJson, kFlatBuffers };

    unsigned major = 0;
    unsigned minor = 0;
    Encoding encoding = Encoding::kJson;
};

// None: of no known form.
[[nodiscard]] std::optional<MessageType> parse_message_type(std::string_view text);

}  // namespace twinstorm::defender
