// How an event lies in a chunk: a fixed head, then its texts and its body, one after another.
//
// Records begin at multiples of kRecordAlignment; `record_bytes` leads to the next one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "twinstorm/events/event.h"

namespace twinstorm::events {

inline constexpr std::size_t kRecordAlignment = 8;

struct RecordHead {
    std::int64_t sequence_number;
    std::int64_t offset;
    std::int64_t enqueued_ns;  // Unix.
    std::uint32_t record_bytes;
    std::uint32_t body_bytes;
    std::uint32_t bag_bytes;
    std::uint16_t device_bytes;
    std::uint16_t module_bytes;
    std::uint16_t generation_bytes;
    std::uint16_t operation_bytes;
    std::uint8_t source;
    std::uint8_t auth_scope;
    std::uint8_t auth_type;
    std::uint8_t padding[5];
};
static_assert(std::is_trivially_copyable_v<RecordHead>);
static_assert(sizeof(RecordHead) % kRecordAlignment == 0);

[[nodiscard]] inline RecordHead head_of(const std::byte* record) {
    RecordHead head;
    std::memcpy(&head, record, sizeof(head));
    return head;
}

// The whole record, decoded. `hub_name` for what only events of the hub itself carry.
[[nodiscard]] Event expand(const std::byte* record, std::string_view hub_name);

}  // namespace twinstorm::events
