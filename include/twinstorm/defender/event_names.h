// Which events a security message holds, by name: what a harness compares with what it sent.
//
// Use:    count_events() a body as it came, with the value of its property `mti` (empty: JSON).
// Rules:  JSON events are told by their member `Name`, whatever it says; those of FlatBuffers by
//         the name of their payload's table. What cannot be read as either counts nothing.
// Limits: kEventNamesMax different names of a message; further ones count as `other`.
// Threads: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twinstorm::defender {

inline constexpr std::size_t kEventNamesMax = 24;
inline constexpr std::size_t kEventNameBytesMax = 64;  // A longer one counts as `other`.
inline constexpr std::string_view kOtherEvents = "other";

struct EventCount {
    std::string name;
    std::uint32_t count = 0;

    friend bool operator==(const EventCount&, const EventCount&) = default;
};

// In the order in which the names first appear.
[[nodiscard]] std::vector<EventCount> count_events(std::string_view body,
                                                   std::string_view message_type);

}  // namespace twinstorm::defender
