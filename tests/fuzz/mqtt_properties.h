// The laws of the MQTT codec, for any stream of bytes:
//   what was decoded, written and decoded again is equal, and takes the bytes foretold;
//   packets and malformation are the same however the stream is cut;
//   a lower limit on packets changes nothing before the packet that is over it;
//   a reader of whole packets, or at its end, holds no memory.
#pragma once

#include <cstddef>
#include <span>

#include "fuzz/property.h"

namespace twinstorm::fuzz {

[[nodiscard]] Verdict check_mqtt(std::span<const std::byte> input);

}  // namespace twinstorm::fuzz
