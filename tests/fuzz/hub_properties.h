// The laws of the hub's MQTT side, for any bytes that come after TLS:
//   what it says is MQTT, and bounded, whether the peer reads it or not;
//   who did not offend is served as before, with a twin of its own;
//   nothing stays of a connection that has ended, and the log keeps its limit.
//
// Input:  one byte of flags, one that says how the stream is cut (0: not at all; else pieces of so
//         many bytes), then the stream.
// Flags:  1 a valid CONNECT comes first, as a SAS signature cannot be guessed; 2 of the device, not
//         of its module; 4 it keeps its session; 8 it subscribes to all there is; 16 the service
//         talks to it after each piece; 32 it reads nothing; 64 a minute passes at the end; 128 the
//         hub has two loops.
#pragma once

#include <cstddef>
#include <span>

#include "fuzz/property.h"

namespace twinstorm::fuzz {

[[nodiscard]] Verdict check_hub(std::span<const std::byte> input);

}  // namespace twinstorm::fuzz
