// The laws of the hub's REST side, for any bytes that come after TLS:
//   every request is answered once, or its connection is closed, within a known time;
//   no answer says that the hub itself is at fault; JSON that it promises is JSON;
//   whatever an owner does, what the hub lists it can also show.
//
// Input:  one byte of flags, one that says how the stream is cut (0: not at all; else pieces of so
//         many bytes), then HTTP/1.1 as a client sends it.
// Flags:  1 the owner signs: a header is put behind each `HTTP/1.1`; 2 it is the admin who asks; 4
// a
//         module is online that answers no method; 8 the hub has two loops.
#pragma once

#include <cstddef>
#include <span>

#include "fuzz/property.h"

namespace twinstorm::fuzz {

[[nodiscard]] Verdict check_rest(std::span<const std::byte> input);

}  // namespace twinstorm::fuzz
