// Counts what the program takes from the heap, for tests and benchmarks of what promises to take
// nothing.
//
// Use:    link allocations.cpp, which replaces global operator new; read allocations() before and
//         after. Threads: each counts its own.
#pragma once

#include <cstdint>

namespace twinstorm::support {

[[nodiscard]] std::uint64_t allocations();

}  // namespace twinstorm::support
