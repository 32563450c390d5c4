// Counts what the program takes from the heap, for tests and benchmarks of what promises to take
// nothing.
//
// Use:    link allocations.cpp, which replaces global operator new; read allocations() before and
//         after. Threads: each counts its own. allocated_bytes() are those that were not given
//         back, as the heap rounds them up; only for what one thread takes and returns.
#pragma once

#include <cstdint>

namespace twinstorm::support {

[[nodiscard]] std::uint64_t allocations();
[[nodiscard]] std::int64_t allocated_bytes();

}  // namespace twinstorm::support
